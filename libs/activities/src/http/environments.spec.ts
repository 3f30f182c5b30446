import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service } from '../../test/service.js';

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
const HOUR = 3_600_000;

describe.each([
  { environment: 'one', name: 'ann', hours: [1, 2] },
  { environment: 'two', name: 'bob', hours: [5] },
])('user 1 and workspace 1 of environment $environment', ({ environment, name, hours }) => {
  let service: Service;
  let now: number;

  const call = <Body>(
    method: 'GET' | 'POST',
    path: string,
    payload?: object,
    where = environment,
  ): Promise<{ body: Body; status: number }> => service.call<Body>(method, path, { payload, environment: where });
  const at = (hour: number) => new Date(now - hour * HOUR).toISOString();

  beforeAll(async () => {
    service = await Service.start(servers);
    now = Date.now();
    for (const [where, who, when] of [
      ['one', 'ann', [1, 2]],
      ['two', 'bob', [5]],
    ] as const) {
      await service.registerUser(who, where);
      await call('POST', '/api/v3/workspaces', { name: `place of ${who}` }, where);
      const activity = (hour: number) => ({ userId: 1, workspaceId: 1, type: who, occurredAt: at(hour) });
      expect((await call('POST', '/api/v3/activities', when.map(activity), where)).status).toBe(202);
    }
  });
  afterAll(() => service.close());

  it('have a feed and counts of their own', async () => {
    const { body: feed } = await call<{ type: string; occurredAt: string }[]>('GET', '/api/v3/users/1/activities');
    expect(feed.map(({ type, occurredAt }) => [type, occurredAt])).toEqual(hours.map((hour) => [name, at(hour)]));
    const count = async (query: string) => (await call('GET', `/api/v3/users/1/activities/count${query}`)).body;
    expect(await count('')).toEqual({ count: hours.length });
    expect(await count(`?since=${at(24)}`)).toEqual({ count: hours.length });
  });

  it('are where they were active in their own environment alone', async () => {
    expect((await call('GET', '/api/v3/users/1/activeworkspaces')).body).toEqual([
      { id: 1, name: `place of ${name}`, role: null, activities: hours.length, lastActiveOn: at(hours[0]!) },
    ]);
  });

  it('are listed as active since their own last activity, and no later', async () => {
    const since = async (time: number) =>
      (await call('GET', `/api/v3/users?lastActiveSince=${new Date(time).toISOString()}`)).body;
    const last = Date.parse(at(hours[0]!));
    expect(await since(last)).toMatchObject({ count: 1, results: [{ id: 1, username: name }] });
    expect(await since(last + 1)).toMatchObject({ count: 0, results: [] });
  });

  it('are alone in the lists of both versions', async () => {
    const expected = [expect.objectContaining({ username: name })];
    expect((await call('GET', '/api/v2/users')).body).toMatchObject({
      data: expected,
      pagination: { hasNext: false, hasPrevious: false },
    });
    expect((await call('GET', '/api/v3/users')).body).toMatchObject({ count: 1, results: expected });
  });
});
