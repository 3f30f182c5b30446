import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MarchStory, seen } from '../../test/march-story.js';

let story: MarchStory;
beforeAll(async () => {
  story = await MarchStory.start({ databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! });
});
afterAll(() => story?.end());

const ask = <Body>(call: string, environment?: string) => story.ask<Body>(call, environment);
const bodyOf = async <Body>(call: string, environment?: string) => (await ask<Body>(call, environment)).body;
type Series = { start: string; activeUsers: number }[];
const series = async (query: string) =>
  (await bodyOf<Series>(`active-users/series?${query}`)).map(({ start, activeUsers }) => [start, activeUsers]);

describe('the series of active users', () => {
  it('has each interval in UTC, empty ones as 0, the first and the last date included', async () => {
    expect(await series('interval=day&from=2026-03-07&to=2026-03-10')).toEqual([
      ['2026-03-07T00:00:00.000Z', 0],
      ['2026-03-08T00:00:00.000Z', 1],
      ['2026-03-09T00:00:00.000Z', 2],
      ['2026-03-10T00:00:00.000Z', 3],
    ]);
  });

  it('begins days where the time zone does, in whatever case its name is written', async () => {
    const expected = [
      ['2026-03-08T23:00:00.000Z', 1],
      ['2026-03-09T23:00:00.000Z', 3],
    ];
    expect(await series('from=2026-03-09&to=2026-03-10&tz=Europe/Berlin')).toEqual(expected);
    expect(await series('from=2026-03-09&to=2026-03-10&tz=europe/BERLIN')).toEqual(expected);
  });

  it('takes `from` as in and `to` as out, and counts what they cut in full', async () => {
    expect(await series('from=2026-03-09T00:00:00Z&to=2026-03-10T00:00:00Z')).toEqual([
      ['2026-03-09T00:00:00.000Z', 2],
    ]);
    expect(await series('from=2026-03-08T23:59:59.999Z&to=2026-03-09T00:00:00.001Z')).toEqual([
      ['2026-03-08T00:00:00.000Z', 1],
      ['2026-03-09T00:00:00.000Z', 2],
    ]);
  });

  it('has weeks from Monday, months, hours and minutes', async () => {
    expect(await series('interval=week&from=2026-03-08&to=2026-03-09')).toEqual([
      ['2026-03-02T00:00:00.000Z', 1],
      ['2026-03-09T00:00:00.000Z', 3],
    ]);
    expect(await series('interval=month&from=2026-02-28&to=2026-03-01')).toEqual([
      ['2026-02-01T00:00:00.000Z', 1],
      ['2026-03-01T00:00:00.000Z', 3],
    ]);
    expect(await series('interval=hour&from=2026-03-09T23:00:00Z&to=2026-03-10T00:30:00Z')).toEqual([
      ['2026-03-09T23:00:00.000Z', 1],
      ['2026-03-10T00:00:00.000Z', 1],
    ]);
    expect(await series('interval=minute&from=2026-03-10T11:59:00Z')).toEqual([
      ['2026-03-10T11:59:00.000Z', 1],
      ['2026-03-10T12:00:00.000Z', 1],
    ]);
  });

  it('can be of one workspace', async () => {
    expect((await series('from=2026-03-08&workspace=1')).map(([, users]) => users)).toEqual([1, 1, 0]);
  });

  it('has the last 30 intervals, of days, where nothing else is said', async () => {
    const days = await series('');
    expect(days).toHaveLength(30);
    expect([days[0]![0], days[29]]).toEqual(['2026-02-09T00:00:00.000Z', ['2026-03-10T00:00:00.000Z', 3]]);
    expect(await series('interval=month&to=2026-03-01')).toHaveLength(30);
  });
});

describe('engagement', () => {
  it('is of the day, the 7 and the 30 days that end with it', async () => {
    expect(await bodyOf('engagement?on=2026-03-09')).toEqual({ dau: 2, wau: 2, mau: 2, stickiness: 1 });
    expect(await bodyOf('engagement?on=2026-02-08')).toEqual({ dau: 0, wau: 0, mau: 1, stickiness: 0 });
    expect(await bodyOf('engagement?on=2026-02-07')).toEqual({ dau: 0, wau: 1, mau: 1, stickiness: 0 });
  });

  it('is of today in the time zone where no day is named', async () => {
    expect(await bodyOf('engagement')).toEqual({ dau: 3, wau: 3, mau: 3, stickiness: 1 });
    // Where it is tomorrow already.
    expect(await bodyOf('engagement?tz=Pacific/Kiritimati')).toEqual(
      await bodyOf('engagement?on=2026-03-11&tz=Etc/GMT-14'),
    );
  });

  it('is told to four places, and 0 where nobody was active', async () => {
    expect(await bodyOf('engagement?on=2026-03-08')).toEqual({ dau: 1, wau: 1, mau: 1, stickiness: 1 });
    expect(await bodyOf('engagement?on=2026-03-10', 'other')).toEqual({ dau: 0, wau: 0, mau: 0, stickiness: 0 });
    const users = Array.from({ length: 3 }, (_, n) => ({ username: `u${n}`, email: `u${n}@example.com` }));
    await story.service.call('POST', '/api/v3/users/batch', { payload: users, environment: 'thirds' });
    const payload = [1, 2, 3].map((user) => seen(user, user < 3 ? '2026-03-10T00:00:00Z' : '2026-03-05T00:00:00Z'));
    await story.report(payload, 'thirds');
    expect(await bodyOf('engagement', 'thirds')).toEqual({ dau: 2, wau: 3, mau: 3, stickiness: 0.6667 });
  });
});

describe('the series of activities', () => {
  const march = 'from=2026-03-08&to=2026-03-10';

  it('adds up to its total', async () => {
    expect(await bodyOf(`activities?${march}`)).toEqual({
      total: 6,
      intervals: [
        { start: '2026-03-08T00:00:00.000Z', count: 1 },
        { start: '2026-03-09T00:00:00.000Z', count: 2 },
        { start: '2026-03-10T00:00:00.000Z', count: 3 },
      ],
    });
  });

  it('is divided by type, or by workspace with null for none, most first', async () => {
    expect(await bodyOf(`activities?interval=month&from=2026-03-01&to=2026-04-01&group=type`)).toEqual({
      total: 6,
      intervals: [
        {
          start: '2026-03-01T00:00:00.000Z',
          count: 6,
          groups: [
            { key: 'seen', count: 5 },
            { key: 'other', count: 1 },
          ],
        },
        { start: '2026-04-01T00:00:00.000Z', count: 0, groups: [] },
      ],
    });
    const { intervals } = await bodyOf<{ intervals: { groups: object[] }[] }>(
      'activities?interval=month&from=2026-03-01&to=2026-03-01&group=workspace',
    );
    expect(intervals[0]!.groups).toEqual([
      { key: 1, count: 2 },
      { key: null, count: 2 },
      { key: 2, count: 1 },
      { key: 3, count: 1 },
    ]);
  });

  it('has at most 100,000 groups, and says what to ask for where there are more', async () => {
    // Each day of 500 has 201 types.
    await story.service.postgres.query(
      `WITH total AS (
         INSERT INTO activity_totals
           (partition, user_id, workspace_id, activities, first_active_at, last_active_at, environment, type)
         SELECT 0, 1, 0, 500, 0, 499 * 86400000::bigint, 'many', 't' || n FROM generate_series(1, 201) AS n RETURNING id
       )
       INSERT INTO activity_entries (occurred_at, received_at, place, total_id, fingerprint, activity_id)
       SELECT at, at, 0, id, 0, at FROM total, generate_series(0, 499 * 86400000::bigint, 86400000) AS at`,
    );
    const days = `from=1970-01-01&to=1971-05-15`;
    const refused = await ask(`activities?${days}&group=type`, 'many');
    const detail = expect.stringMatching(/100,000 groups .*longer `interval`.*shorter span.*name a `type`/);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ parameter: 'group', detail }] } });
    expect(await bodyOf(`activities?${days}`, 'many')).toMatchObject({ total: 100_500 });
    expect(await bodyOf(`activities?${days}&group=workspace`, 'many')).toMatchObject({ total: 100_500 });
    const january = 'interval=month&from=1970-01-01&to=1970-01-31';
    expect(await bodyOf(`activities?${january}&group=type`, 'many')).toMatchObject({ total: 31 * 201 });
    expect(await bodyOf(`activities?${days}&group=type&type=t1`, 'many')).toMatchObject({ total: 500 });
  });

  it('can be of one type and workspace', async () => {
    expect(await bodyOf(`activities?${march}&type=other&workspace=1`)).toMatchObject({ total: 1 });
    expect(await bodyOf(`activities?${march}&type=nothing`)).toMatchObject({ total: 0 });
  });
});

describe('the top', () => {
  it('has what most activities are of, with the names of those who are there', async () => {
    expect(await bodyOf('top?by=type&window=2d')).toEqual([
      { key: 'seen', count: 5 },
      { key: 'other', count: 1 },
    ]);
    expect(await bodyOf('top?by=workspace&window=2d')).toEqual([
      { key: 1, name: 'Here', count: 2 },
      { key: 2, name: 'There', count: 1 },
      { key: 3, count: 1 },
    ]);
    expect(await bodyOf('top?by=user&window=2d')).toEqual([
      { key: 1, name: 'ada', count: 3 },
      { key: 2, count: 2 },
      { key: 3, name: 'cyd', count: 1 },
    ]);
  });

  it('is of the last five minutes, and as many as are asked for', async () => {
    expect(await bodyOf('top?by=user')).toEqual([
      { key: 1, name: 'ada', count: 1 },
      { key: 3, name: 'cyd', count: 1 },
    ]);
    expect(await bodyOf('top?by=user&window=2d&limit=1')).toEqual([{ key: 1, name: 'ada', count: 3 }]);
  });

  it.each(['', 'by=', 'by=group', 'by=user&by=type', 'by=user&limit=0', 'by=user&limit=101', 'by=user&window=91d'])(
    'is refused for ?%s',
    async (query) => expect(await ask(`top?${query}`)).toMatchObject({ status: 400 }),
  );
});

describe('retention', () => {
  it('follows those whose first activity ever is in an interval up to that of `to`, and has empty cohorts', async () => {
    expect(await bodyOf('retention?from=2026-03-07&to=2026-03-10')).toEqual([
      { cohort: '2026-03-07T00:00:00.000Z', users: 0, returned: [0, 0, 0, 0] },
      { cohort: '2026-03-08T00:00:00.000Z', users: 1, returned: [1, 1, 1] },
      { cohort: '2026-03-09T00:00:00.000Z', users: 1, returned: [1, 1] },
      // Who was active in February is new no more.
      { cohort: '2026-03-10T00:00:00.000Z', users: 0, returned: [0] },
    ]);
  });

  it('tells of each interval how many came back, also where in between nobody did', async () => {
    const users = ['x', 'y'].map((username) => ({ username, email: `${username}@example.com` }));
    await story.service.call('POST', '/api/v3/users/batch', { payload: users, environment: 'gap' });
    const payload = [seen(1, '2026-03-08T01:00:00Z'), seen(2, '2026-03-08T02:00:00Z'), seen(1, '2026-03-10T01:00:00Z')];
    await story.report(payload, 'gap');
    const [first] = await bodyOf<object[]>('retention?from=2026-03-08&to=2026-03-10', 'gap');
    expect(first).toMatchObject({ users: 2, returned: [2, 0, 1] });
  });

  it('is by weeks and months as well', async () => {
    expect(await bodyOf('retention?interval=month&from=2026-02-01&to=2026-03-01')).toEqual([
      { cohort: '2026-02-01T00:00:00.000Z', users: 1, returned: [1, 1] },
      { cohort: '2026-03-01T00:00:00.000Z', users: 2, returned: [2] },
    ]);
    expect(await bodyOf('retention?interval=week&from=2026-03-10&to=2026-03-10')).toEqual([
      { cohort: '2026-03-09T00:00:00.000Z', users: 1, returned: [1] },
    ]);
  });

  it.each(['hour', 'minute', 'year'])('is not by %s', async (interval) =>
    expect(await ask(`retention?interval=${interval}`)).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'interval', detail: 'must be day, week or month' }] },
    }),
  );
});

describe('the lifecycle', () => {
  it('tells who is new, stays, comes back and stays away, also from the interval before the first', async () => {
    expect(await bodyOf('lifecycle?from=2026-03-09&to=2026-03-11')).toEqual([
      { start: '2026-03-09T00:00:00.000Z', new: 1, returning: 1, resurrected: 0, dormant: 0 },
      { start: '2026-03-10T00:00:00.000Z', new: 0, returning: 2, resurrected: 1, dormant: 0 },
      { start: '2026-03-11T00:00:00.000Z', new: 0, returning: 0, resurrected: 0, dormant: 3 },
    ]);
  });
});
