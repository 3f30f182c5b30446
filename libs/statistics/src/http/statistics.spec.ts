import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, RedisServers } from '#platform';
import { StatisticsFollower, StatisticsModule } from '#statistics';
import { eventually } from '../../../../test/support/eventually.js';
import { deleteKeys } from '../../../../test/support/redis-keys.js';
import { Service } from '../../../activities/test/service.js';
import { logger } from '../../../activities/test/views.js';

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
const redis = connectRedis(servers.redisUrl, () => undefined);
let service: Service;
let follower: StatisticsFollower;

beforeAll(async () => {
  service = await Service.start(servers, {
    modules: [StatisticsModule],
    followers: (postgres, namespace) => [(follower = new StatisticsFollower(redis, postgres, namespace, logger))],
  });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const users: number[] = [];
  for (const name of ['ada', 'bob', 'cyd', 'dan']) users.push((await service.registerUser(name)).id);
  const workspace = (await service.createWorkspace('Here')).id;
  const seen = (user: number, minutes: number, more = {}) => ({
    userId: users[user],
    type: 'seen',
    occurredAt: minutesAgo(minutes),
    ...more,
  });
  const payload = [
    seen(0, 1),
    seen(0, 2, { workspaceId: workspace }),
    seen(1, 4),
    seen(1, 50, { workspaceId: workspace, type: 'other' }),
    seen(2, 90),
    // Not active in the future: only now, when the log heard of it.
    seen(3, -600),
  ];
  await service.call('POST', '/api/v3/activities', { payload });
  await follower.check();
});

afterAll(async () => {
  await follower.close();
  await service.close();
  redis.disconnect();
});

type Figure = { activeUsers: number; window: string; asOf: string };
const ask = (query = '') => service.call<Figure>('GET', `/api/v3/statistics/active-users${query}`);
const askV2 = (query = '', environment = 'acme') =>
  service.call('GET', `/api/v2/usage-statistics/active-users${query}`, { environment });

describe('active users', () => {
  it('are exactly these fields in v2', async () => {
    const answer = await askV2();
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', data: { activeUsers: 3 } } });
    expect(Object.keys(answer.body as object)).toEqual(['status', 'data']);
    expect(answer.headers).toMatchObject({ 'tidemark-source': 'redis' });
  });

  it('are told with the window and the moment in v3', async () => {
    const before = Date.now();
    const { body } = await ask();
    expect(body).toEqual({ activeUsers: 3, window: '5m', asOf: expect.any(String) });
    expect(Date.parse(body.asOf)).toBeGreaterThanOrEqual(before);
  });

  it.each([
    ['1m', 1],
    ['3m', 2],
    ['1h', 3],
    ['2h', 4],
    ['90d', 4],
  ])('of the last %s are %i', async (window, activeUsers) => {
    expect((await ask(`?window=${window}`)).body).toMatchObject({ activeUsers, window });
    expect((await askV2(`?window=${window}`)).body).toEqual({ status: 'ok', data: { activeUsers } });
  });

  it('can be asked for one workspace, where only activities in it count', async () => {
    expect((await ask('?workspace=1')).body.activeUsers).toBe(1);
    expect((await ask('?workspace=1&window=1h')).body.activeUsers).toBe(2);
    const empty = await service.createWorkspace('Empty');
    expect((await ask(`?workspace=${empty.id}&window=1h`)).body.activeUsers).toBe(0);
    expect(await ask('?workspace=999&window=1h')).toMatchObject({ status: 404 });
  });

  it('are none of another environment', async () => {
    expect((await askV2('', 'other')).body).toEqual({ status: 'ok', data: { activeUsers: 0 } });
  });

  it.each([
    'window=',
    'window=0m',
    'window=91d',
    'window=5',
    'window=1m&window=2m',
    'workspace=0',
    'workspace=',
    'workspace=9007199254740991',
    'x=1',
  ])('are refused for ?%s', async (query) => {
    expect((await ask(`?${query}`)).status).toBe(400);
    expect(await askV2(`?${query}`)).toMatchObject({ status: 400, body: { status: 'error', error: {} } });
  });

  it('need the scope statistics:read', async () => {
    const answer = await service.call('GET', '/api/v3/statistics/active-users', { scope: 'users:read' });
    expect(answer.status).toBe(403);
  });

  it('take turns where Postgres counts, and none where Redis does', async () => {
    const waiting = async () => {
      const { rows } = await service.postgres.query<{ count: number }>(
        "SELECT count(*) FROM pg_locks WHERE relation = 'activity_totals'::regclass AND NOT granted",
      );
      return rows[0]!.count;
    };
    const { asked } = await service.postgres.transaction(async (connection) => {
      await connection.query('LOCK activity_totals');
      const asked = Array.from({ length: 4 }, () => ask('?workspace=1'));
      await eventually(async () => expect(await waiting()).toBe(2));
      expect((await ask()).headers).toMatchObject({ 'tidemark-source': 'redis' });
      expect(await waiting()).toBe(2);
      return { asked };
    });
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('are the same from Postgres, which is told, while Redis has none', async () => {
    await deleteKeys(redis, service.namespace.key('active', '*'));
    const answer = await askV2();
    expect(answer.body).toEqual({ status: 'ok', data: { activeUsers: 3 } });
    expect(answer.headers).toMatchObject({ 'tidemark-source': 'postgres' });
    await follower.check();
    expect((await askV2()).headers).toMatchObject({ 'tidemark-source': 'redis' });
  });

  it('are those of Postgres, which is told, while the figures in Redis have stopped', async () => {
    // As with a projector that has lost Redis while whoever answers has it.
    await follower.close();
    await service.registerUser('eve');
    await service.call('POST', '/api/v3/activities', { payload: { username: 'eve', type: 'seen' } });
    const answer = await askV2();
    expect(answer.body).toEqual({ status: 'ok', data: { activeUsers: 4 } });
    expect(answer.headers).toMatchObject({ 'tidemark-source': 'postgres' });
    expect((await ask()).body.activeUsers).toBe(4);
    follower = new StatisticsFollower(redis, service.postgres, service.namespace, logger);
    await follower.check();
    const later = await askV2();
    expect(later.body).toEqual({ status: 'ok', data: { activeUsers: 4 } });
    expect(later.headers).toMatchObject({ 'tidemark-source': 'redis' });
  });

  it('are the same from Postgres, which is told, while Redis is down', async () => {
    service.app.get(RedisServers).disconnect();
    expect(await ask()).toMatchObject({
      status: 200,
      body: { activeUsers: 4 },
      headers: { 'tidemark-source': 'postgres' },
    });
  });

  it('still count a user that was deleted since', async () => {
    await service.call('DELETE', '/api/v3/users/1');
    expect((await ask()).body.activeUsers).toBe(4);
  });
});
