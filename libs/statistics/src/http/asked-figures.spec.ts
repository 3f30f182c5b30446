import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MarchStory } from '../../test/march-story.js';

let story: MarchStory;
beforeAll(async () => {
  story = await MarchStory.start({ databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! });
});
afterAll(() => story?.end());

const ask = <Body>(call: string, environment?: string) => story.ask<Body>(call, environment);

const CALLS = ['active-users/series', 'engagement', 'activities', 'top', 'retention', 'lifecycle'] as const;
const OF_INTERVALS = ['active-users/series', 'activities', 'retention', 'lifecycle'] as const;

describe('every call of figures', () => {
  const required = (call: string) => (call === 'top' ? 'by=type' : '');

  it.each(CALLS)(
    '%s needs the scope, tells where it counted and where that stands, and knows one environment alone',
    async (call) => {
      const path = `/api/v3/statistics/${call}?${required(call)}`;
      expect((await story.service.call('GET', path, { scope: 'activities:read' })).status).toBe(403);
      const other = await story.service.call('GET', path, { environment: 'other' });
      const headers = { 'tidemark-source': 'postgres', 'tidemark-position': expect.any(String) };
      expect(other).toMatchObject({ status: 200, headers });
      expect(other.text).not.toMatch(
        /seen|ada|"(activeUsers|count|users|new|returning|resurrected|dormant|dau)":[1-9]/,
      );
    },
  );

  it.each(CALLS)('%s refuses parameters that are unknown, empty or repeated', async (call) => {
    for (const query of ['x=1', 'tz=', 'tz=UTC&tz=UTC', 'from=', 'window=']) {
      expect(await ask(`${call}?${query}&${required(call)}`)).toMatchObject({ status: 400 });
    }
  });

  it.each(['active-users/series', 'activities'])('%s answers 404 for a workspace that is not there', async (call) => {
    for (const workspace of [3, 999]) {
      expect(await ask(`${call}?workspace=${workspace}`)).toMatchObject({ status: 404 });
    }
    expect(await ask(`${call}?workspace=1`, 'other')).toMatchObject({ status: 404 });
    expect(await ask(`${call}?workspace=0`)).toMatchObject({ status: 400 });
  });

  it.each([...OF_INTERVALS, 'engagement'])('%s refuses what is no time zone', async (call) => {
    for (const tz of ['Mars/Olympus', '%2B01:00', 'Z', 'Europe']) {
      expect(await ask(`${call}?tz=${tz}`)).toMatchObject({
        status: 400,
        body: { errors: [{ parameter: 'tz', detail: 'must be a time zone of IANA such as Europe/Berlin' }] },
      });
    }
  });

  it.each(OF_INTERVALS)('%s refuses more than 1,500 intervals and says what to do', async (call) => {
    expect(await ask(`${call}?from=2020-01-01&to=2024-02-09`)).toMatchObject({
      status: 400,
      body: {
        detail: expect.stringContaining('at most 1,500 intervals'),
        errors: [{ parameter: 'from', detail: expect.stringMatching(/later `from`, an earlier `to` or a longer/) }],
      },
    });
  });

  it.each([
    ['from=2026-03-10&to=2026-03-09', 'to'],
    ['from=2026-03-10T00:00:00Z&to=2026-03-10T00:00:00Z', 'to'],
    ['from=2026-03-11', 'from'],
    ['from=2026-02-29', 'from'],
    ['to=2026-13-01', 'to'],
    ['to=tomorrow', 'to'],
    ['from=2026-03-10T00:00:00', 'from'],
    ['from=20260310', 'from'],
    ['interval=week&from=0000-01-01&to=0000-01-02', 'from'],
    ['interval=month&to=0001-01-01', 'to'],
    ['interval=Day', 'interval'],
    ['interval=year', 'interval'],
  ])('of intervals is refused for ?%s, naming %s', async (query, parameter) => {
    const answer = await ask(`lifecycle?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ parameter }] } });
  });

  it('of intervals takes any year that there is', async () => {
    for (const date of ['0000-01-01', '9999-12-31']) {
      const { body } = await ask(`active-users/series?from=${date}&to=${date}`);
      expect(body).toEqual([{ start: `${date}T00:00:00.000Z`, activeUsers: 0 }]);
    }
  });

  it('engagement takes a date alone', async () => {
    for (const on of ['2026-03-10T00:00:00Z', '2026-02-30', 'today']) {
      expect(await ask(`engagement?on=${on}`)).toMatchObject({ status: 400, body: { errors: [{ parameter: 'on' }] } });
    }
  });
});
