import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { registryTopic } from '#registry';
import { type Client, type Service, startService } from '../support/service.js';
import { tailTopic } from '../support/topic-tail.js';
import { dropViews, readRows } from '../support/views.js';

const jane = { username: 'jane.sealed', email: 'jane.sealed@example.com', firstName: 'Janina', lastName: 'Doelle' };
const PERSONAL = /jane\.sealed|janina|doelle|rejected-name|born in Lisbon/i;

describe('personal data', () => {
  let service: Service;
  let postgres: Postgres;
  let demo: Client;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    demo = await service.client('demo');
    await demo('POST', '/api/v3/users', jane);
    await demo('PATCH', '/api/v3/users/1', { profile: { note: 'born in Lisbon' } }, { 'idempotency-key': 'k' });
    await demo('PUT', '/api/v3/users/1', { ...jane, lastName: 'Doelle-Sails' });
    await demo('POST', '/api/v3/users', { ...jane, firstName: 'rejected-name' });
    await demo('POST', '/api/v3/users/batch', [{ ...jane, username: 'janina' }]);
    await demo('POST', '/api/v3/users', { username: 'kim', email: 'kim@example.com' });
  });
  afterAll(async () => {
    await postgres?.close();
    await service?.stop();
  });

  it('stands in no record of the log in clear, refused attempts included', async () => {
    const tail = await tailTopic(service.config.kafkaBrokers, registryTopic(service.namespace));
    await tail.upToNow();
    const records = tail.recordsOf('demo');
    await tail.close();
    expect(records).toHaveLength(6);
    for (const { value } of records) {
      expect(value.toString('utf8')).not.toMatch(PERSONAL);
      const { command } = JSON.parse(value.toString('utf8')) as { command: { sealed: string } };
      expect(Buffer.from(command.sealed, 'base64').toString('latin1')).not.toMatch(PERSONAL);
    }
  });

  it('is gone from everything that is rebuilt once the keys are, and no verdict, id or version has changed', async () => {
    expect((await demo('DELETE', '/api/v3/users/1')).status).toBe(204);
    const before = await verdicts();
    expect(JSON.stringify(before)).toMatch(PERSONAL);
    await service.stopProjector();
    await postgres.query(
      `DELETE FROM ${service.namespace.schema('keys')}.user_salts
       WHERE key <> (SELECT key FROM users WHERE environment = 'demo' AND username = 'kim')`,
    );
    await dropViews(postgres, service.namespace);

    const rebuilt = await startService({ namespace: service.namespace.name, owner: false });
    try {
      const again = await rebuilt.client('demo');
      // A command is judged behind all that came before it.
      expect(await again('PATCH', '/api/v3/users/2', { firstName: 'Kim' }, { 'if-match': '"1"' })).toMatchObject({
        status: 200,
        body: { username: 'kim', firstName: 'Kim' },
      });
      const after = (await verdicts()).slice(0, before.length);
      expect(JSON.stringify(after)).not.toMatch(PERSONAL);
      expect(after.map(withoutPersonal)).toEqual(before.map(withoutPersonal));
      expect((await again('POST', '/api/v3/users', jane)).status).toBe(201);
    } finally {
      await rebuilt.stop();
    }
  });

  const verdicts = async () => {
    const { outcomes } = (await readRows(postgres, ['outcomes'])) as { outcomes: Outcome[] };
    return outcomes.sort((a, b) => a.command_id.localeCompare(b.command_id));
  };
});

interface Outcome {
  readonly command_id: string;
  readonly verdict: { readonly accepted?: { readonly user?: object } };
}

const BLANK = { username: '', email: '', firstName: '', lastName: '', profile: {} };

function withoutPersonal({ verdict, ...outcome }: Outcome): object {
  const { accepted, ...rejection } = verdict;
  if (!accepted) return { ...outcome, rejection };
  return { ...outcome, accepted: { ...accepted, user: accepted.user && { ...accepted.user, ...BLANK } } };
}
