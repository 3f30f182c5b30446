import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { runReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const DAY = 86_400_000;
const SPAN = 'from=2026-02-01&to=2026-03-31&tz=Europe/Berlin';
const USERS = 12;
const SENT = 400;

type Series = { start: string; activeUsers: number }[];
type Activities = { total: number; intervals: { count: number; groups: { key: unknown; count: number }[] }[] };
type Retention = { cohort: string; users: number; returned: number[] }[];
type Lifecycle = { start: string; new: number; returning: number; resurrected: number; dormant: number }[];

describe('statistics of two months', () => {
  let service: Service;
  let demo: Client;

  const figures = async <Body>(call: string, client = demo): Promise<Body> => {
    const { status, body, headers } = await client('GET', `/api/v3/statistics/${call}`);
    expect({ call, status, source: headers.get('tidemark-source') }).toEqual({ call, status: 200, source: 'postgres' });
    return body as Body;
  };
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

  beforeAll(async () => {
    service = await startService();
    demo = await service.client();
    const users = Array.from({ length: USERS }, (_, n) => ({ username: `u${n}`, email: `u${n}@example.com` }));
    await demo('POST', '/api/v3/users/batch', users);
    for (const name of ['Tide', 'Ebb']) await demo('POST', '/api/v3/workspaces', { name });
    const start = Date.parse('2026-01-28T00:00:00Z');
    // Users come one after the other, some of them often and some seldom, and all of it in no order.
    const sent = Array.from({ length: SENT }, (_, n) => {
      const user = (n * 7) % USERS;
      const day = user * 4 + ((n * 11) % (60 - user * 4));
      const occurred = start + day * DAY + ((n * 37) % 1_440) * 60_000;
      const workspaceId = [1, 2, undefined][n % 3];
      return {
        id: `${n}`,
        userId: user + 1,
        type: `t${n % 4}`,
        workspaceId,
        occurredAt: new Date(occurred).toISOString(),
      };
    });
    await demo('POST', '/api/v3/activities', sent.slice(0, 250));
    await demo('POST', '/api/v3/activities', sent.slice(200));
    await eventually(async () =>
      expect(await figures('activities?interval=month&from=2026-01-01&to=2026-12-31')).toMatchObject({ total: SENT }),
    );
  });
  afterAll(() => service?.stop());

  it('have days whose active users are those of the day by itself', async () => {
    const series = await figures<Series>(`active-users/series?interval=day&${SPAN}`);
    expect(series).toHaveLength(28 + 31);
    for (const [at, { activeUsers }] of series.entries()) {
      if (at % 6 > 0) continue;
      const on = new Date(Date.parse('2026-02-01') + at * DAY).toISOString().slice(0, 10);
      expect({ on, ...(await figures<object>(`engagement?on=${on}&tz=Europe/Berlin`)) }).toMatchObject({
        on,
        dau: activeUsers,
      });
    }
  });

  it.each(['type', 'workspace'])(
    'have groups by %s that add up to their interval, and these to the total',
    async (group) => {
      const { total, intervals } = await figures<Activities>(`activities?interval=week&group=${group}&${SPAN}`);
      expect(total).toBeGreaterThan(300);
      expect(sum(intervals.map(({ count }) => count))).toBe(total);
      for (const { count, groups } of intervals) expect(sum(groups.map((one) => one.count))).toBe(count);
      const alone = await Promise.all(
        (group === 'type' ? ['t0', 't1', 't2', 't3'] : ['1', '2']).map(async (key) => {
          const answer = await figures<Activities>(`activities?interval=week&${group}=${key}&${SPAN}`);
          expect(answer.total).toBe(
            sum(intervals.flatMap(({ groups }) => groups).map((one) => (String(one.key) === key ? one.count : 0))),
          );
          return answer.total;
        }),
      );
      const none = sum(intervals.flatMap(({ groups }) => groups).map(({ key, count }) => (key === null ? count : 0)));
      expect(sum(alone) + none).toBe(total);
    },
  );

  it('have cohorts whose first column is the cohort, and who are the new ones of the lifecycle', async () => {
    const retention = await figures<Retention>(`retention?interval=week&${SPAN}`);
    const lifecycle = await figures<Lifecycle>(`lifecycle?interval=week&${SPAN}`);
    expect(retention.map(({ users, returned }) => users - returned[0]!)).toEqual(retention.map(() => 0));
    expect(retention.map(({ cohort, users }) => [cohort, users])).toEqual(lifecycle.map((one) => [one.start, one.new]));
    expect(sum(retention.map(({ users }) => users))).toBeGreaterThan(5);
    expect(retention.map(({ returned }) => returned.length)).toEqual(retention.map((_, at) => retention.length - at));
  });

  it('have a lifecycle whose stages are the active users, of this interval and of the one before', async () => {
    const lifecycle = await figures<Lifecycle>(`lifecycle?interval=day&${SPAN}`);
    const before = 'from=2026-01-31&to=2026-03-31&tz=Europe/Berlin';
    const active = (await figures<Series>(`active-users/series?interval=day&${before}`)).map((one) => one.activeUsers);
    expect(lifecycle.map((one) => one.new + one.returning + one.resurrected)).toEqual(active.slice(1));
    expect(lifecycle.map((one) => one.returning + one.dormant)).toEqual(active.slice(0, -1));
    expect(sum(lifecycle.map(({ resurrected }) => resurrected))).toBeGreaterThan(0);
  });

  it('have 1,500 intervals at most, of which each is told', async () => {
    for (const call of ['active-users/series', 'activities', 'retention', 'lifecycle']) {
      const asked = `${call}?interval=day&from=2022-03-01`;
      const body = await figures<object[] | Activities>(`${asked}&to=2026-04-08`);
      expect('intervals' in body ? body.intervals : body).toHaveLength(1_500);
      expect(await demo('GET', `/api/v3/statistics/${asked}&to=2026-04-09`)).toMatchObject({ status: 400 });
    }
  });

  it('are none of another environment, whose workspaces are not known either', async () => {
    const other = await service.client('other');
    expect(await figures(`activities?interval=month&${SPAN}`, other)).toMatchObject({ total: 0 });
    expect(await figures('top?by=user&window=90d', other)).toEqual([]);
    expect((await other('GET', `/api/v3/statistics/activities?workspace=1`)).status).toBe(404);
  });

  it('count a deleted user as before, whom they name no more, and are the same after a replay', async () => {
    await demo('POST', '/api/v3/activities', { userId: 2, type: 'seen' });
    const asked = [
      `active-users/series?interval=day&${SPAN}`,
      'engagement?on=2026-03-10&tz=Asia/Kathmandu',
      `activities?interval=day&group=workspace&${SPAN}`,
      `retention?interval=day&${SPAN}`,
      `lifecycle?interval=week&${SPAN}`,
    ];
    const all = () => Promise.all(asked.map((call) => figures(call)));
    const before = await all();
    const top = () => figures('top?by=user&window=1h');
    await eventually(async () => expect(await top()).toEqual([{ key: 2, name: 'u1', count: 1 }]));
    expect((await demo('DELETE', '/api/v3/users/2')).status).toBe(204);
    expect(await top()).toEqual([{ key: 2, count: 1 }]);
    expect(await all()).toEqual(before);
    expect((await runReplay(service)).outcome).toBe('switched');
    expect(await all()).toEqual(before);
    expect(await top()).toEqual([{ key: 2, count: 1 }]);
  });
});
