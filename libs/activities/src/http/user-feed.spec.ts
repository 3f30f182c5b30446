import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { type Answer, Service } from '../../test/service.js';

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
let service: Service;

type Shown = { id: string; occurredAt: string; data: unknown };

beforeAll(async () => {
  service = await Service.start(servers);
});
afterAll(() => service.close());

const post = (payload: object) =>
  service.call<{ rejected: { code: string }[] }>('POST', '/api/v3/activities', { payload });
const feed = (id: number, query = '') => service.call<Shown[]>('GET', `/api/v3/users/${id}/activities${query}`);
const count = async (id: number, query = '') =>
  (await service.call<{ count: number }>('GET', `/api/v3/users/${id}/activities/count${query}`)).body.count;
let names = 0;
const newUser = () => service.registerUser(`user-${(names += 1)}`);

describe("a user's feed", () => {
  const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
  let user: number;
  let workspace: number;

  beforeAll(async () => {
    user = (await newUser()).id;
    workspace = (await service.createWorkspace('Feed')).id;
    const minutes = [5, 1, 3, 3, 2, 4];
    await post(
      minutes.map((minute, n) => ({
        id: `f${n}`,
        userId: user,
        type: n % 2 ? 'odd' : 'even',
        occurredAt: at(minute),
        ...(n < 3 && { workspaceId: workspace }),
      })),
    );
  });

  const ids = async (query: string) => (await feed(user, query)).body.map(({ id }) => id);

  it('has the latest first, and of the same moment the last in the log', async () => {
    expect(await ids('')).toEqual(['f0', 'f5', 'f3', 'f2', 'f4', 'f1']);
  });

  it.each([
    ['?type=odd', ['f5', 'f3', 'f1']],
    ['?workspace=W', ['f0', 'f2', 'f1']],
    ['?workspace=W&type=odd', ['f1']],
    [`?since=${at(3)}`, ['f0', 'f5', 'f3', 'f2']],
    [`?until=${at(3)}`, ['f4', 'f1']],
    ['?since=2026-03-01T13:03:00%2B01:00&until=2026-03-01T12:05:00Z&type=even', ['f2']],
    ['?workspace=999999', []],
  ])('can be asked for %s, and so can the count', async (query, expected) => {
    const asked = query.replace('W', String(workspace));
    expect(await ids(asked)).toEqual(expected);
    expect(await count(user, asked)).toBe(expected.length);
  });

  it('comes in pages that keep the filters, with nothing twice and nothing missing', async () => {
    const seen: string[] = [];
    let url: string | undefined = `/api/v3/users/${user}/activities?limit=2&since=${at(2)}`;
    for (let page = 0; url !== undefined; page += 1) {
      const answer: Answer<Shown[]> = await service.call('GET', url);
      seen.push(...answer.body.map(({ id }) => id));
      const next: string | undefined = /^<(http:\/\/[^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      url = next && new URL(next).pathname + new URL(next).search;
      // What comes in while somebody turns pages moves none of them.
      if (page === 0) await post({ userId: user, type: 'late', occurredAt: at(59), id: 'late' });
    }
    expect(seen).toEqual(['f0', 'f5', 'f3', 'f2', 'f4']);
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=1.5',
    'limit=',
    'workspace=9007199254740991',
    'limit=1&limit=2',
    'type=',
    'type=a%20b',
    'workspace=0',
    'workspace=x',
    'since=yesterday',
    'since=',
    'until=2026-02-30T00:00:00Z',
    'after=',
    'after=x',
    'after=MTIz',
    'after=MTc2Mzc5Mjc0MTAzMC8x',
    'window=5m',
    'page=1',
    'ticket=x',
    '__proto__=1',
  ])('refuses ?%s', async (query) => {
    expect((await feed(user, `?${query}`)).status).toBe(400);
  });

  it('names its pages by texts that tell nothing of the log, and that no other environment takes', async () => {
    const cursorOf = async (environment: string, user: number) => {
      const page = await service.call('GET', `/api/v3/users/${user}/activities?limit=1`, { environment });
      return new URL(/^<([^>]+)>/.exec(String(page.headers.link))![1]!).searchParams.get('after')!;
    };
    const cursor = await cursorOf('acme', user);
    expect(cursor).toMatch(/^[\w-]{30}$/);
    expect(await cursorOf('acme', user)).toBe(cursor);
    const theirs = await service.registerUser('reader', 'pages');
    const ask = (after: string, environment: string, id: number) =>
      service.call('GET', `/api/v3/users/${id}/activities?after=${after}`, { environment });
    expect((await ask(cursor, 'acme', user)).status).toBe(200);
    const refused = await ask(cursor, 'pages', theirs.id);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ parameter: 'after', code: 'invalid' }] } });
  });

  it('is 404 for a user of another environment, or of none, and 400 for what is no id', async () => {
    const other = await service.registerUser('elsewhere', 'other');
    const asked = await service.call('GET', `/api/v3/users/${other.id}/activities`, { environment: 'third' });
    expect(asked.status).toBe(404);
    expect((await feed(999_999)).status).toBe(404);
    for (const path of ['0', '-1', 'x', '1.5', '01', '9007199254740991', '99999999999999999999']) {
      expect((await service.call('GET', `/api/v3/users/${path}/activities`)).status).toBe(400);
      expect((await service.call('GET', `/api/v3/users/${path}/activities/count`)).status).toBe(400);
    }
  });

  it('is gone with its user', async () => {
    const { id } = await newUser();
    await post({ userId: id, type: 'x' });
    await service.call('DELETE', `/api/v3/users/${id}`);
    expect((await feed(id)).status).toBe(404);
    expect((await service.call('GET', `/api/v3/users/${id}/activities/count`)).status).toBe(404);
    expect((await service.call('GET', `/api/v3/users/${id}/activeworkspaces`)).status).toBe(404);
    // Within a second: until then they may still be taken.
    await eventually(async () => {
      expect((await post({ userId: id, type: 'x' })).body.rejected).toMatchObject([{ code: 'unknown-user' }]);
    });
  });
});

describe('the workspaces that a user was active in', () => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

  it('are those of the window, the latest first, with how often', async () => {
    const { id } = await newUser();
    const [one, two, three] = await Promise.all(['One', 'Two', 'Three'].map((name) => service.createWorkspace(name)));
    const latest = ago(1);
    await post([
      { userId: id, type: 'x', workspaceId: one!.id, occurredAt: ago(30) },
      { userId: id, type: 'y', workspaceId: one!.id, occurredAt: ago(20) },
      { userId: id, type: 'x', workspaceId: two!.id, occurredAt: latest },
      { userId: id, type: 'x', workspaceId: three!.id, occurredAt: ago(24 * 31) },
      { userId: id, type: 'x' },
    ]);
    const ask = (query = '') => service.call<unknown[]>('GET', `/api/v3/users/${id}/activeworkspaces${query}`);
    expect((await ask()).body).toEqual([
      { id: two!.id, name: 'Two', role: null, activities: 1, lastActiveOn: latest },
      { id: one!.id, name: 'One', role: null, activities: 2, lastActiveOn: expect.any(String) },
    ]);
    expect((await ask('?window=25h')).body).toMatchObject([{ name: 'Two' }, { name: 'One', activities: 1 }]);
    expect((await ask('?window=60d')).body).toHaveLength(3);
    expect((await ask('?window=91d')).status).toBe(400);
  });

  it('are none of a window that began after the log had heard of it, however far ahead a clock runs', async () => {
    const { id } = await newUser();
    const { id: workspaceId } = await service.createWorkspace('Ahead');
    const { clock } = service.log;
    service.log.clock = () => Date.now() - 2 * 3_600_000;
    await post({ userId: id, type: 'x', workspaceId, occurredAt: ago(-1) });
    service.log.clock = clock;
    const ask = (window: string) => service.call('GET', `/api/v3/users/${id}/activeworkspaces?window=${window}`);
    expect((await ask('1h')).body).toEqual([]);
    expect((await ask('3h')).body).toMatchObject([{ name: 'Ahead', activities: 1 }]);
  });

  it('come with the strongest role that the user has there, and go when they are deleted', async () => {
    const { id } = await newUser();
    const [none, direct, both] = await Promise.all(['N', 'D', 'B'].map((name) => service.createWorkspace(name)));
    const group = (await service.call<{ id: number }>('POST', '/api/v3/groups', { payload: { name: 'G' } })).body.id;
    const grant = (workspace: number, holder: string, role: string) =>
      service.call('PUT', `/api/v3/workspaces/${workspace}/permissions/${holder}`, { payload: { role } });
    await service.call('PUT', `/api/v3/groups/${group}/members/${id}`);
    await grant(direct!.id, `users/${id}`, 'editor');
    await grant(both!.id, `users/${id}`, 'viewer');
    await grant(both!.id, `groups/${group}`, 'admin');
    await post([none, direct, both].map((workspace) => ({ userId: id, type: 'x', workspaceId: workspace!.id })));
    const ask = () => service.call<{ name: string; role: unknown }[]>('GET', `/api/v3/users/${id}/activeworkspaces`);
    const roles = Object.fromEntries((await ask()).body.map(({ name, role }) => [name, role]));
    expect(roles).toEqual({ N: null, D: 'editor', B: 'admin' });
    await service.call('DELETE', `/api/v3/workspaces/${none!.id}`);
    expect((await ask()).body).toHaveLength(2);
  });
});
