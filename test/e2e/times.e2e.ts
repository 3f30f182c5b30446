import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { type Client, type Service, startService } from '../support/service.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const at = (ms: number) => new Date(NOON + ms).toISOString();

// Queries as they are written into an address.
const NOONS = [
  '2026-03-01T12:00:00Z',
  '2026-03-01t12:00:00.000999z',
  '2026-03-01T13:00:00%2B01:00',
  '2026-03-01T13:00:00+01:00',
  '2026-03-01T12:00:00.000000%2B0000',
  '2026-03-01T02:30:00-09:30',
  '2026-03-01T12:00:00-00:00',
];

describe('a time', () => {
  let service: Service;
  let client: Client;

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    await client('POST', '/api/v3/users', { username: 'ann', email: 'ann@example.com' });
    const occurred = [-1, 0].map((ms) => ({ userId: 1, type: 'seen', id: `${ms}`, occurredAt: at(ms) }));
    await client('POST', '/api/v3/activities', occurred);
    await eventually(async () => expect((await client('GET', `${feed}/count`)).body).toEqual({ count: 2 }));
  });
  afterAll(() => service?.stop());

  const feed = '/api/v3/users/1/activities';
  /** What each parameter of each call makes of a time. */
  const answers = async (time: string) => {
    const { body: since } = await client('GET', `${feed}?since=${time}`);
    const { body: until } = await client('GET', `${feed}?until=${time}`);
    const { body: counted } = await client('GET', `${feed}/count?since=${time}`);
    const { body: before } = await client('GET', `${feed}/count?until=${time}`);
    const { body: users } = await client('GET', `/api/v3/users?lastActiveSince=${time}`);
    return [since.length, until.length, counted.count, before.count, users.count] as number[];
  };

  it.each(NOONS)('is the same moment in every query, as %s', async (time) => {
    expect(await answers(time)).toEqual([1, 1, 1, 1, 1]);
    expect(await opened(`/api/v3/users/1/stream?since=${time}`)).toBe(200);
  });

  it('is told from the next millisecond in every query', async () => {
    expect(await answers(at(1))).toEqual([0, 2, 0, 2, 0]);
  });

  it.each([
    ['2026-03-01', 'the time of day'],
    ['2026-03-01T12:00:00', 'an offset'],
    ['2026-03-01+12:00:00Z', 'T between'],
    ['2026-03-01T12:00Z', 'seconds'],
    ['2026-02-29T12:00:00Z', 'that there is'],
    ['2026-03-01T24:00:00Z', 'that there is'],
    ['2026-03-01T23:59:60Z', 'that there is'],
    ['yesterday', 'RFC 3339'],
    ['', 'RFC 3339'],
  ])('is refused in every query in the same words, under the name of the parameter: %j', async (time, remedy) => {
    for (const [path, parameter] of [
      [feed, 'since'],
      [feed, 'until'],
      [`${feed}/count`, 'since'],
      [`${feed}/count`, 'until'],
      ['/api/v3/users', 'lastActiveSince'],
      ['/api/v3/users/1/stream', 'since'],
      ['/api/v3/stream', 'since'],
    ] as const) {
      const { status, body } = await client('GET', `${path}?${parameter}=${time}`);
      const detail = expect.stringContaining(remedy);
      expect({ path, status, errors: body.errors }).toEqual({
        path,
        status: 400,
        errors: [{ parameter, code: 'invalid', detail }],
      });
    }
  });

  it.each([
    ['2016-12-31T15:59:60-08:00', '2016-12-31T23:59:59.999Z'],
    ['1996-12-19t16:39:57.9999-08:00', '1996-12-20T00:39:57.999Z'],
    ['0001-01-01T00:00:00z', '0001-01-01T00:00:00.000Z'],
  ])('of an activity is kept to the millisecond: %s', async (occurredAt, kept) => {
    const id = `kept ${occurredAt}`;
    const { body } = await client('POST', '/api/v3/activities', { userId: 1, type: 'old', id, occurredAt });
    expect(body).toEqual({ accepted: 1, rejected: [] });
    await eventually(async () => {
      const { body: shown } = await client('GET', `${feed}?type=old`);
      expect(shown).toContainEqual(expect.objectContaining({ id, occurredAt: kept }));
    });
  });

  it.each(['2026-03-01T12:00:00+0000', '2026-03-01T12:00:00 01:00', '2016-12-30T23:59:60Z', '', 7])(
    'of an activity is refused where it is not as of RFC 3339: %j',
    async (occurredAt) => {
      const { status, body } = await client('POST', '/api/v3/activities', { userId: 1, type: 'seen', occurredAt });
      expect({ status, body }).toMatchObject({ status: 422, body: { rejected: [{ code: 'invalid-time' }] } });
      expect(body.rejected[0].detail).toMatch(/^occurredAt must be a time as of RFC 3339/);
    },
  );

  /** The status of a stream, of which nothing is read. */
  async function opened(path: string): Promise<number> {
    const hangUp = new AbortController();
    const headers = { authorization: `Bearer ${await service.token()}` };
    const { status } = await fetch(service.url + path, { headers, signal: hangUp.signal });
    hangUp.abort();
    return status;
  }
});
