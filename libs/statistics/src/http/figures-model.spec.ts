import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { StatisticsModule } from '#statistics';
import { Service } from '../../../activities/test/service.js';
import { Views } from '../../../activities/test/views.js';
import * as model from '../../test/figures-model.js';
import { type Happened } from '../../test/figures-model.js';
import { dateAt, INTERVALS, intervalsBetween, startBefore, startOfDate } from '../intervals.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.now();
const USERS = 5;
const WORKSPACES = 2;
const TYPES = ['a', 'B', 'a.b'];

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
let service: Service;

beforeAll(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  service = await Service.start(servers, { modules: [StatisticsModule] });
});
afterAll(async () => {
  await service.close();
  jest.restoreAllMocks();
});

/** What clients report at one time: late, back-dated and by clocks that run ahead, and some of it not for the first time. */
const moments = fc.oneof(
  fc.integer({ min: -100 * DAY, max: 0 }).map((ago) => NOW + ago),
  fc.integer({ min: -3 * DAY, max: 0 }).map((ago) => NOW + ago),
  // Where days and hours begin, in UTC and elsewhere.
  fc
    .tuple(fc.integer({ min: -60, max: 0 }), fc.integer({ min: 0, max: 23 }), fc.constantFrom(-1, 0, 1))
    .map(([days, hours, ms]) => (Math.floor(NOW / DAY) + days) * DAY + hours * HOUR - DAY + ms),
  fc.integer({ min: -2 * DAY, max: 2 * DAY }).map((offset) => Date.parse('2011-12-30T10:00:00Z') + offset),
);
const report = fc.record({
  user: fc.integer({ min: 1, max: USERS }),
  id: fc.integer({ min: 0, max: 14 }).map(String),
  type: fc.constantFrom(...TYPES),
  workspace: fc.option(fc.integer({ min: 1, max: WORKSPACES }), { nil: undefined }),
  occurred: moments,
});
const batch = fc
  .record({ received: moments, reports: fc.array(report, { minLength: 1, maxLength: 12 }) })
  // As far ahead as the clock of a client and that of the log may be together.
  .map(({ received, reports }) => ({
    received,
    reports: reports.map((one) => ({ ...one, occurred: Math.min(one.occurred, received + 2 * DAY) })),
  }));
const batches = fc.array(batch, { maxLength: 6 });

const span = fc.record({
  interval: fc.constantFrom(...INTERVALS),
  tz: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'),
  from: moments,
  intervals: fc.integer({ min: 1, max: 40 }),
  dates: fc.boolean(),
  workspace: fc.option(fc.integer({ min: 1, max: WORKSPACES }), { nil: undefined }),
  type: fc.option(fc.constantFrom(...TYPES), { nil: undefined }),
  group: fc.constantFrom('type', 'workspace', undefined),
  window: fc.constantFrom(['1h', HOUR], ['3d', 3 * DAY], ['90d', 90 * DAY] as const),
  limit: fc.integer({ min: 1, max: 6 }),
});
type Asked = typeof span extends fc.Arbitrary<infer Value> ? Value : never;

let environments = 0;

/** Everything reported in an environment of its own. */
async function happened(given: typeof batches extends fc.Arbitrary<infer Value> ? Value : never) {
  const environment = `e${environments++}`;
  const post = (url: string, payload: object) => service.call('POST', url, { payload, environment });
  const users = Array.from({ length: USERS }, (_, n) => ({ username: `u${n}`, email: `u${n}@example.com` }));
  await post('/api/v3/users/batch', users);
  for (let n = 1; n <= WORKSPACES; n += 1) await post('/api/v3/workspaces', { name: `W${n}` });
  for (const { received, reports } of given) {
    service.log.clock = () => received;
    const payload = reports.map(({ user, workspace, occurred, ...rest }) => {
      return { ...rest, userId: user, workspaceId: workspace, occurredAt: new Date(occurred).toISOString() };
    });
    expect((await post('/api/v3/activities', payload)).status).toBe(202);
  }
  const all: Happened[] = given.flatMap(({ received, reports }) => reports.map((one) => ({ ...one, received })));
  return { environment, all: model.countedOnce(all) };
}

interface Question {
  readonly environment: string;
  readonly url: string;
  readonly expected: unknown;
}

/** Every call once, as an array without a database would answer it. */
function questionsOf({ environment, all }: { environment: string; all: Happened[] }, asked: Asked): Question[] {
  const { interval, tz, workspace, type, group, window, limit } = asked;
  const coarse = interval === 'minute' || interval === 'hour' ? 'day' : interval;
  const there = all.filter((one) => workspace === undefined || one.workspace === workspace);
  const date = dateAt(asked.from, tz);
  const days = [-29, -6, 0, 1].map((later) => startOfDate(date, tz, later));
  const question = (call: string, query: object, expected: unknown): Question => {
    const given = Object.entries({ ...query }).filter(([, value]) => value !== undefined);
    return { environment, url: `/api/v3/statistics/${call}?${new URLSearchParams(given as string[][])}`, expected };
  };
  const { cut, query, before } = cutOf(asked, interval);
  const wide = cutOf(asked, coarse);
  const ofType = there.filter((one) => type === undefined || one.type === type);
  return [
    question('active-users/series', { ...query, workspace }, model.activeUsers(there, cut)),
    question('activities', { ...query, workspace, type, group }, model.activities(ofType, cut, group)),
    question('engagement', { on: date, tz }, model.engagement(all, days)),
    question('retention', wide.query, model.retention(all, wide.cut)),
    question('lifecycle', query, model.lifecycle(all, cut, before)),
    ...(['type', 'workspace', 'user'] as const).map((by) => {
      const expected = model.top(all, by, NOW - window[1], limit).map((one) => ({ ...nameOf(by, one.key), ...one }));
      return question('top', { by, window: window[0], limit }, expected);
    }),
  ];
}

function nameOf(by: string, key: unknown) {
  if (by === 'workspace') return { name: `W${String(key)}` };
  return by === 'user' ? { name: `u${Number(key) - 1}` } : {};
}

/** So many intervals from a moment on, and how to ask for them. */
function cutOf({ tz, from, intervals, dates }: Asked, interval: Asked['interval']) {
  let end = from;
  for (let n = 0; n < intervals; n += 1) end = intervalsBetween(interval, tz, end, end + 1).end;
  const [first, last] = [dateAt(from, tz), dateAt(end - 1, tz)];
  const cut =
    dates && interval !== 'minute'
      ? intervalsBetween(interval, tz, startOfDate(first, tz), startOfDate(last, tz, 1))
      : intervalsBetween(interval, tz, from, end);
  const query =
    dates && interval !== 'minute'
      ? { interval, tz, from: first, to: last }
      : { interval, tz, from: new Date(from).toISOString(), to: new Date(end).toISOString() };
  return { cut, query, before: startBefore(interval, tz, cut.starts[0]!, 1) };
}

async function expectAnswer({ environment, url, expected }: Question): Promise<void> {
  const { status, body, headers } = await service.call('GET', url, { environment });
  expect({ url, status, body, source: headers['tidemark-source'] }).toEqual({
    url,
    status: 200,
    body: expected,
    source: 'postgres',
  });
}

describe('every figure', () => {
  const asked: Question[] = [];

  it('is what an array of the activities says, however they came', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.array(span, { minLength: 1, maxLength: 3 }), async (given, spans) => {
        const questions = await happened(given).then((all) => spans.flatMap((one) => questionsOf(all, one)));
        for (const question of questions) await expectAnswer(question);
        asked.push(...questions);
      }),
      { numRuns: 20 },
    );
  });

  it('is the same after the views were built anew', async () => {
    const views = new Views(servers.databaseUrl, service.log, service.namespace);
    await views.drop();
    await views.project();
    for (const question of asked) await expectAnswer(question);
    await views.postgres.close();
  });
});
