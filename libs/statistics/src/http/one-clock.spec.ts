import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { connectRedis } from '#platform';
import { StatisticsFollower, StatisticsModule } from '#statistics';
import { deleteKeys } from '../../../../test/support/redis-keys.js';
import { Service } from '../../../activities/test/service.js';
import { logger } from '../../../activities/test/views.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const WINDOWS = { '1m': MINUTE, '5m': 5 * MINUTE, '1d': DAY, '90d': 90 * DAY } as const;
type Window = keyof typeof WINDOWS;
const WORKSPACES = [1, 2];

/** When the service is asked. */
const NOW = Date.now();

interface Seen {
  readonly user: number;
  readonly workspace?: number;
  /** Both from when it is asked, in milliseconds. */
  readonly occurred: number;
  readonly received: number;
}

// Around the edges of windows, from long ago until after the service's own now: the log's clock and those of clients run apart.
const EDGES = [-90 * DAY, -5 * MINUTE].flatMap((edge) => [edge - 1, edge, edge + 1]);
const OCCURRED = [-365 * DAY, ...EDGES, -SECOND, 0, 5 * SECOND, 23 * 60 * MINUTE];
const RECEIVED = [...EDGES, 0, 5 * SECOND];

/** A user for each pair of the two, and some of several activities. */
function everyoneSeen(): Seen[] {
  const pairs = OCCURRED.flatMap((occurred) => RECEIVED.map((received) => ({ occurred, received })));
  const single = pairs.map((pair, at) => ({ ...pair, user: at + 1, workspace: WORKSPACES[at % 3] }));
  const some = fc.array(fc.tuple(fc.constantFrom(...pairs), fc.constantFrom(undefined, ...WORKSPACES)), {
    minLength: 2,
    maxLength: 5,
  });
  const several = fc.sample(some, { numRuns: 30, seed: 11 }).flatMap((activities, at) => {
    return activities.map(([pair, workspace]) => ({ ...pair, user: pairs.length + at + 1, workspace }));
  });
  return [...single, ...several];
}

const all = everyoneSeen();
const users = [...new Set(all.map(({ user }) => user))];

// The slow reference: what is asked, of each activity in turn.
const at = ({ occurred, received }: Seen) => NOW + Math.min(occurred, received);
const since = (window: Window) => all.filter((seen) => at(seen) >= NOW - WINDOWS[window]);
const ofUser = (user: number, among = all) => among.filter((seen) => seen.user === user);
const latest = (among: readonly Seen[]) => new Date(Math.max(...among.map(at))).toISOString();
const activeIn = (window: Window, workspace?: number) =>
  new Set(since(window).flatMap((seen) => ((workspace ?? seen.workspace) === seen.workspace ? [seen.user] : [])));
const workspacesOf = (user: number, window: Window) =>
  WORKSPACES.flatMap((id) => {
    const there = ofUser(user, since(window)).filter(({ workspace }) => workspace === id);
    return there.length === 0 ? [] : [{ id, activities: there.length, lastActiveOn: latest(there) }];
  }).toSorted((one, other) => other.lastActiveOn.localeCompare(one.lastActiveOn));

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
const redis = connectRedis(servers.redisUrl, () => undefined);
let service: Service;
let follower: StatisticsFollower;

beforeAll(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  service = await Service.start(servers, {
    modules: [StatisticsModule],
    followers: (postgres, namespace) => [(follower = new StatisticsFollower(redis, postgres, namespace, logger))],
  });
  const payload = users.map((user) => ({ username: `u${user}`, email: `u${user}@example.com` }));
  await service.call('POST', '/api/v3/users/batch', { payload });
  for (const id of WORKSPACES) await service.createWorkspace(`W${id}`);
  for (const received of RECEIVED) await receive(received);
  await follower.check();
});

afterAll(async () => {
  await follower.close();
  await service.close();
  redis.disconnect();
  jest.restoreAllMocks();
});

/** What the log takes at one time. */
async function receive(received: number): Promise<void> {
  service.log.clock = () => NOW + received;
  const payload = all
    .filter((seen) => seen.received === received)
    .map(({ user, workspace, occurred }) => {
      return { userId: user, type: 'seen', workspaceId: workspace, occurredAt: new Date(NOW + occurred).toISOString() };
    });
  const { body } = await service.call('POST', '/api/v3/activities', { payload });
  expect(body).toEqual({ accepted: payload.length, rejected: [] });
}

type Figure = { activeUsers: number; asOf: string };
const get = async <Body>(url: string) => service.call<Body>('GET', url);

/** What both calls of active users say, from where they are told to have it. */
async function counts(window: Window) {
  const v2 = await get<{ data: Figure }>(`/api/v2/usage-statistics/active-users?window=${window}`);
  const v3 = await get<Figure>(`/api/v3/statistics/active-users?window=${window}`);
  const sources = [v2, v3].map(({ headers }) => headers['tidemark-source']);
  return { counts: [v2.body.data.activeUsers, v3.body.activeUsers], sources };
}

describe('an activity counts at the earlier of when it occurred and when the log took it', () => {
  const windows = Object.keys(WINDOWS) as Window[];

  it.each(windows)(
    'among the active users of the last %s, in v2 and v3, from Redis and from Postgres',
    async (window) => {
      const { size } = activeIn(window);
      expect(await counts(window)).toEqual({ counts: [size, size], sources: ['redis', 'redis'] });
      await deleteKeys(redis, service.namespace.key('active', '*'));
      expect(await counts(window)).toEqual({ counts: [size, size], sources: ['postgres', 'postgres'] });
      // And once Redis has been filled anew.
      await follower.check();
      expect(await counts(window)).toEqual({ counts: [size, size], sources: ['redis', 'redis'] });
    },
  );

  it.each(windows)('among the active users of a workspace in the last %s', async (window) => {
    for (const workspace of WORKSPACES) {
      const { body } = await get<Figure>(`/api/v3/statistics/active-users?window=${window}&workspace=${workspace}`);
      const { size } = activeIn(window, workspace);
      expect(body).toEqual({ activeUsers: size, window, asOf: new Date(NOW).toISOString() });
    }
  });

  it.each(windows)('for the list of who was active since %s ago', async (window) => {
    const moment = new Date(NOW - WINDOWS[window]).toISOString();
    const { body } = await get<{ count: number; results: { id: number }[] }>(
      `/api/v3/users?lastActiveSince=${moment}&page_size=500`,
    );
    const expected = [...activeIn(window)].toSorted((one, other) => one - other);
    expect({ ids: body.results.map(({ id }) => id), count: body.count }).toEqual({
      ids: expected,
      count: expected.length,
    });
  });

  it('for when a user was last active', async () => {
    for (const user of users) {
      const { body } = await get<{ lastActiveOn: string }>(`/api/v3/users/${user}`);
      expect({ user, on: body.lastActiveOn }).toEqual({ user, on: latest(ofUser(user)) });
    }
  });

  it.each(windows)('in the workspaces where a user was active in the last %s', async (window) => {
    for (const user of users) {
      const { body } = await get<{ name: string; role: null }[]>(
        `/api/v3/users/${user}/activeworkspaces?window=${window}`,
      );
      const shown = body.map(({ name: _name, role: _role, ...rest }) => rest);
      expect({ user, shown }).toEqual({ user, shown: workspacesOf(user, window) });
    }
  });
});
