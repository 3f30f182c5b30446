import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';
import { dropViews } from '../support/views.js';

const jane = {
  username: 'Jane',
  email: 'jane@example.com',
  firstName: 'Jane',
  lastName: '',
  isActive: false,
  profile: { team: 'tide', tags: { a: 1, b: [1, { c: null }] } },
};
const PROFILE_BYTES = 16 * 1024;

describe('a change of a user', () => {
  let service: Service;
  let postgres: Postgres;

  beforeAll(async () => {
    service = await startService();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
  });
  afterAll(async () => {
    await postgres?.close();
    await service?.stop();
  });

  async function populated(environment: string, user: object = jane): Promise<Client> {
    const client = await service.client(environment);
    expect((await client('POST', '/api/v3/users', user)).status).toBe(201);
    return client;
  }
  const get = (client: Client) => client('GET', '/api/v3/users/1');
  const patch = (client: Client, changes: object) => client('PATCH', '/api/v3/users/1', changes);
  const seen = ({ status, headers, body }: Answer) => ({ status, etag: headers.get('etag'), body: body as object });
  const atOnce = (count: number, send: (index: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: count }, (_, index) => send(index)));

  it.each([
    ['PATCH', 'an empty patch', {}],
    ['PATCH', 'fields as they are', { username: 'Jane', isActive: false }],
    ['PATCH', 'a default that is there', { lastName: null }],
    ['PATCH', 'members as they are', { profile: { tags: { a: 1 }, more: null } }],
    ['PATCH', 'the whole user', jane],
    ['PUT', 'the whole user in another order', { ...jane, profile: { tags: jane.profile.tags, team: 'tide' } }],
  ])('that changes nothing moves neither ETag nor lastModifiedOn: %s of %s', async (method, what, body) => {
    const client = await populated(`${method}-${what.replaceAll(' ', '-')}`);
    const before = seen(await get(client));
    expect(before).toMatchObject({ status: 200, etag: '"1"', body: jane });
    expect(seen(await client(method, '/api/v3/users/1', body))).toEqual(before);
    expect(seen(await get(client))).toEqual(before);
  });

  it('sent many times at once changes the user once', async () => {
    const client = await populated('once');
    const answers = await atOnce(20, () => patch(client, { lastName: 'Doe', profile: { tags: { d: 2 } } }));
    expect(answers.map(seen)).toEqual(answers.map(() => seen(answers[0]!)));
    expect((await get(client)).headers.get('etag')).toBe('"2"');
  });

  it('to null puts a field back to its default, and is refused where there is none', async () => {
    const client = await populated('defaults');
    const answer = await patch(client, { firstName: null, lastName: null, isActive: null, profile: null });
    const defaults = { firstName: '', lastName: '', isActive: true, profile: {} };
    expect(answer).toMatchObject({ status: 200, body: { ...jane, ...defaults } });
    expect((await get(client)).body).toEqual(answer.body);
    for (const field of ['username', 'email']) {
      const refused = await patch(client, { [field]: null });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${field}` }] } });
    }
  });

  it('makes no profile larger than 16 KiB together with others at the same moment, and none is lost', async () => {
    const client = await populated('together', { ...jane, profile: {} });
    const part = 'x'.repeat(6_000);
    const answers = await atOnce(20, (n) => patch(client, { profile: { [`f${n}`]: part } }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 422]));
    const taken = answers.flatMap(({ status }, n) => (status === 200 ? [`f${n}`] : []));
    const { profile } = (await get(client)).body as { profile: Record<string, string> };
    expect(Object.keys(profile).toSorted()).toEqual(taken.toSorted());
    expect(taken).toHaveLength(2);
    const refused = answers.find(({ status }) => status === 422)!;
    expect(refused.body).toMatchObject({
      type: '/problems/invalid-body',
      errors: [{ pointer: '/profile', code: 'too-large' }],
    });
  });

  it('is taken however often others replace the same field meanwhile', async () => {
    const client = await populated('replaced', { ...jane, profile: {} });
    const answers = await atOnce(20, (n) => patch(client, { profile: { f: `${n}`.padEnd(9_000) } }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await get(client)).headers.get('etag')).toBe('"21"');
  });

  it('fills a profile to the last byte', async () => {
    const client = await populated('filled', { ...jane, profile: { ü: 1 } });
    const room = PROFILE_BYTES - Buffer.byteLength(JSON.stringify({ ü: 1, x: '' }));
    expect((await patch(client, { profile: { x: 'x'.repeat(room + 1) } })).status).toBe(422);
    expect((await patch(client, { profile: { x: 'x'.repeat(room) } })).status).toBe(200);
    expect((await patch(client, { profile: { y: 1 } })).status).toBe(422);
  });

  it('of a user that older code wrote is held to the same', async () => {
    const client = await populated('older');
    await postgres.query("UPDATE users SET digests = NULL WHERE environment = 'older'");
    expect((await patch(client, { profile: { team: 'tide' } })).headers.get('etag')).toBe('"1"');
    const answers = await atOnce(20, (n) => patch(client, { profile: { [`f${n}`]: 'x'.repeat(6_000) } }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const { rows } = await postgres.query("SELECT 1 FROM users WHERE environment = 'older' AND digests IS NULL");
    expect(rows).toEqual([]);
    // No record left it so: what was put there by hand does not come back from the log.
    expect((await client('DELETE', '/api/v3/users/1')).status).toBe(204);
  });

  it('comes back from the log as it was', async () => {
    const before = await readAllViews(postgres, service.namespace);
    await service.stopProjector();
    await dropViews(postgres, service.namespace);
    const rebuilt = await startService({ namespace: service.namespace.name, owner: false });
    try {
      await eventually(async () => {
        const after = await readAllViews(postgres, service.namespace);
        expect(after.users).toEqual(before.users);
      });
    } finally {
      await rebuilt.stop();
    }
  });
});
