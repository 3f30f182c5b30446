import { describe, expect, it } from '@jest/globals';
import { timeParameter } from './time-parameter.js';

const moment = timeParameter('Then or later.');
/** As the server reads a query. */
const read = (query: string) => moment.safeParse(new URLSearchParams(`since=${query}`).get('since'));

describe('a time in a query', () => {
  it.each([
    '2026-03-01T12:00:00Z',
    '2026-03-01t12:00:00.0004z',
    '2026-03-01T13:00:00%2B01:00',
    '2026-03-01T13:00:00+01:00',
    '2026-03-01T13:00:00.000+01:00',
    '2026-03-01T12:00:00%2B0000',
    '2026-03-01T12:00:00.000000%2B0000',
    '2026-03-01T12:00:00+0000',
    '2026-03-01T10:30:00-0130',
    '2026-03-01T10:30:00-01:30',
  ])('reads %s', (query) => {
    expect(read(query)).toEqual({ success: true, data: Date.parse('2026-03-01T12:00:00.000Z') });
  });

  it.each([
    '',
    '2026-03-01',
    '2026-03-01+12:00',
    '2026-03-01+12:00:00Z',
    '2026-03-01T12:00:00++01:00',
    '2026-03-01T12:00:00+24:00',
    '2026-03-01T12:00:00+',
    '2026-03-01T12:00:00+1',
    '2026-02-30T12:00:00+0000',
    '1772366400000',
  ])('refuses %s', (query) => {
    expect(read(query).error?.issues).toMatchObject([{ message: expect.stringContaining('as of RFC 3339') }]);
  });
});
