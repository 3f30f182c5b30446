import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { Keyring, registryTopic } from '#registry';
import { runCommandLine } from '../../apps/cli/src/command-line.js';
import { decodeRecords, unsealAll } from '../../libs/registry/src/stored/command-seals.js';
import { ApiDocument } from '../support/api-document.js';
import { objectsNamed, requestFor } from '../support/api-requests.js';
import { outcomeOf } from '../support/outcomes.js';
import { runReplay } from '../support/replays.js';
import { type Answer, type Client, SECRET, type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';
import { dropViews, readRows } from '../support/views.js';

const jane = { username: 'jane.sealed', email: 'jane.sealed@example.com', firstName: 'Janina', lastName: 'Doelle' };
const PERSONAL = /jane\.sealed|janina|doelle|rejected-name|born in Lisbon/i;

const keyed = (key: string) => ({ 'idempotency-key': key });
const register = (client: Client) => client('POST', '/api/v3/users', jane, keyed('register'));
const change = (client: Client) =>
  client('PATCH', '/api/v3/users/1', { profile: { note: 'born in Lisbon' } }, keyed('change'));
const replace = (client: Client) =>
  client('PUT', '/api/v3/users/1', { ...jane, lastName: 'Doelle-Sails' }, keyed('replace'));

describe('personal data', () => {
  let service: Service;
  let postgres: Postgres;
  let keyring: Keyring;
  let tail: TopicTail;
  let demo: Client;
  let objectId: string;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    keyring = new Keyring(postgres, service.namespace, service.config.masterKeys);
    tail = await tailTopic(service.config.kafkaBrokers, registryTopic(service.namespace));
    demo = await service.client('demo');
    objectId = ((await register(demo)).body as { objectId: string }).objectId;
    await change(demo);
    await replace(demo);
    await demo('POST', '/api/v3/users', { ...jane, firstName: 'rejected-name' });
    await demo('POST', '/api/v3/users/batch', [{ ...jane, username: 'janina' }]);
    await demo('POST', '/api/v3/users', { username: 'kim', email: 'kim@example.com' });
  });
  afterAll(async () => {
    await tail?.close();
    await postgres?.close();
    await service?.stop();
  });

  /** The records of the log, of its keys as they are now. */
  const opened = async () => {
    await tail.upToNow();
    const { commands } = await unsealAll(keyring, decodeRecords(tail.recordsOf('demo')).stored);
    return JSON.stringify(commands);
  };
  const outcomes = async () => {
    const { outcomes } = (await readRows(postgres, ['outcomes'])) as { outcomes: Outcome[] };
    return outcomes.sort((a, b) => a.command_id.localeCompare(b.command_id));
  };
  /** What is in the table, as whoever reads the database would find it. */
  const stored = async () =>
    (await outcomes()).map(
      ({ sealed, ...row }) => JSON.stringify(row) + Buffer.from(sealed ?? '', 'base64').toString('latin1'),
    );
  /** Every answer of a call that reads, about user 1 and what else has that id. */
  const everyRead = async () => {
    const document = await ApiDocument.of(service.url);
    const reads = document.operations.filter(
      ({ method, path }) => method === 'GET' && path.startsWith('/api/') && !/stream$/.test(path),
    );
    expect(reads.length).toBeGreaterThan(15);
    return Promise.all([
      demo('GET', '/api/v3/users/search?q=janina'),
      ...reads.map((operation) => {
        const ids = [...objectsNamed(operation)].map(([name, kind]) => [name, kind === 'userV2' ? objectId : '1']);
        return demo('GET', requestFor(operation, Object.fromEntries(ids) as Record<string, string>).path);
      }),
    ]);
  };
  const everyOutcome = async () => {
    const known = await outcomes();
    return Promise.all(known.map(({ command_id }) => demo('GET', `/api/v3/commands/${command_id}`)));
  };
  const textOf = (answers: readonly Answer[]) => JSON.stringify(answers.map(({ body }) => body as unknown));

  it('stands in no record of the log in clear, refused attempts included', async () => {
    await tail.upToNow();
    const records = tail.recordsOf('demo');
    expect(records).toHaveLength(6);
    for (const { value } of records) {
      expect(value.toString('utf8')).not.toMatch(PERSONAL);
      const { command } = JSON.parse(value.toString('utf8')) as { command: { sealed: string } };
      expect(Buffer.from(command.sealed, 'base64').toString('latin1')).not.toMatch(PERSONAL);
    }
  });

  it('of an attempt that was refused cannot be read by anybody', async () => {
    expect(await opened()).toMatch(/janina/i);
    expect(await opened()).not.toMatch(/rejected-name/);
  });

  it('stands in no outcome in clear, which are answered nevertheless', async () => {
    expect((await stored()).join('\n')).not.toMatch(PERSONAL);
    expect(textOf(await everyOutcome())).toMatch(/born in Lisbon/);
    expect((await change(demo)).body).toMatchObject({ profile: { note: 'born in Lisbon' }, lastName: 'Doelle' });
  });

  it('is answered by no call any more when the user is deleted', async () => {
    await demo('POST', '/api/v3/workspaces', { name: 'Tide' });
    await demo('POST', '/api/v3/groups', { name: 'Crew' });
    await demo('PUT', '/api/v3/groups/1/members/1');
    await demo('PUT', '/api/v3/workspaces/1/permissions/users/1', { role: 'editor' });
    await demo('POST', '/api/v3/activities', { userId: 1, type: 'page.viewed', data: { by: 'Janina' } });
    expect(textOf(await everyRead())).toMatch(PERSONAL);
    const remove = () => demo('DELETE', '/api/v3/users/1', undefined, keyed('delete'));
    expect((await remove()).status).toBe(204);
    const repeats = [await register(demo), await change(demo), await replace(demo)];
    expect(repeats.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await remove()).status).toBe(204);
    const asked = await everyOutcome();
    expect(asked.filter(({ status }) => status === 404).length).toBeGreaterThan(5);
    const answers = [...repeats, ...asked, ...(await everyRead())];
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    expect(textOf(answers)).not.toMatch(PERSONAL);
    expect((await outcomes()).filter(({ sealed }) => sealed)).toHaveLength(1);
  });

  it('cannot be read in the log by anybody once the user is erased, and a replay is equal', async () => {
    expect(await opened()).toMatch(/janina/i);
    const reader = await service.client('demo', { scope: 'users:write' });
    expect((await reader('DELETE', '/api/v3/users/1?erase=true')).status).toBe(403);
    expect((await demo('DELETE', '/api/v3/users/99?erase=true')).status).toBe(404);
    expect(await erase('1')).toMatchObject({ code: 0, out: expect.stringMatching(/^Erased user 1 of demo/) });
    expect(await erase('1')).toMatchObject({ code: 0 });
    expect(await erase('99')).toEqual({ code: 1, out: '', err: 'There never was a user 99 in demo.\n' });
    expect(await opened()).not.toMatch(PERSONAL);
    expect(await opened()).toMatch(/kim@example/);
    expect((await register(demo)).status).toBe(404);
    expect(await opened()).not.toMatch(PERSONAL);
    const { outcome, views } = await runReplay(service, { dryRun: true });
    expect({ outcome, differences: views.flatMap(({ compared }) => compared!.differences) }).toEqual({
      outcome: 'compared',
      differences: [],
    });
    expect((await runReplay(service, { environment: 'demo' })).outcome).toBe('compared');
  });

  it('of a user who is still there is erased with them, by who may', async () => {
    const { body } = await demo('POST', '/api/v3/users', { ...jane, profile: { note: 'born in Lisbon' } });
    const admin = await service.client('demo', { scope: 'admin' });
    const writer = await service.client('demo', { scope: 'users:write' });
    const refused = await writer('DELETE', `/api/v3/users/${body.id}?erase=true`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="tidemark", error="insufficient_scope", scope="admin"',
    ]);
    const path = `/api/v3/users/${body.id}?erase=true`;
    expect((await admin('DELETE', path, undefined, { 'if-match': '"7"' })).status).toBe(412);
    expect(await opened()).toMatch(/born in Lisbon/);
    expect((await admin('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(204);
    expect((await demo('GET', `/api/v3/users/${body.id}`)).status).toBe(404);
    expect(await opened()).not.toMatch(PERSONAL);
    expect((await demo('POST', '/api/v3/users', jane)).status).toBe(201);
  });

  it('is gone from everything that is rebuilt once the keys are, and no verdict, id or version has changed', async () => {
    await service.stopProjector();
    // Judged together with what deletes the user.
    const newest = await demo('GET', '/api/v3/users/search?q=janina');
    const { id } = (newest.body as { id: number }[])[0]!;
    const sent = [
      await demo('PATCH', `/api/v3/users/${id}`, { lastName: 'Doelle-Sails' }),
      await demo('DELETE', `/api/v3/users/${id}?erase=true`),
    ];
    expect(sent.map(({ status }) => status)).toEqual([202, 202]);
    const before = await outcomes();
    await dropViews(postgres, service.namespace);

    const rebuilt = await startService({ namespace: service.namespace.name, owner: false });
    try {
      const again = await rebuilt.client('demo');
      // A command is judged behind all that came before it.
      expect(await again('PATCH', '/api/v3/users/2', { firstName: 'Kim' }, { 'if-match': '"1"' })).toMatchObject({
        status: 200,
        body: { username: 'kim', firstName: 'Kim' },
      });
      const told = await Promise.all(sent.map((answer) => outcomeOf(again, answer)));
      expect(told.map(({ status }) => status)).toEqual([404, 204]);
      expect((await outcomes()).slice(0, before.length).map(withoutPersonal)).toEqual(before.map(withoutPersonal));
      expect((await outcomes()).filter(({ sealed }) => sealed)).toHaveLength(2);
      expect(await opened()).not.toMatch(PERSONAL);
      expect((await again('POST', '/api/v3/users', jane)).status).toBe(201);
    } finally {
      await rebuilt.stop();
    }
  });

  /** What `tidemark erase` comes to. */
  async function erase(user: string) {
    const written = { out: '', err: '' };
    const to = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => !!(written[name] += text) });
    const stateFolder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
    const env = { AUTH_JWT_SECRET: SECRET, TIDEMARK_URL: service.url };
    try {
      const args = ['erase', '--environment', 'demo', '--user', user];
      const code = await runCommandLine(args, { env, stateFolder, out: to('out'), err: to('err') });
      return { code, ...written };
    } finally {
      rmSync(stateFolder, { recursive: true });
    }
  }
});

interface Outcome {
  readonly command_id: string;
  readonly sealed: string | null;
  readonly key: string | null;
}

const withoutPersonal = ({ sealed: _, key: __, ...outcome }: Outcome) => outcome;
