import { describe, expect, it } from '@jest/globals';
import { askedIntervals, withTheOneBefore } from './asked-intervals.js';

const DAY = 86_400_000;
const day = (interval: 'day' | 'minute', from?: string | number, to?: string | number, tz = 'UTC') => ({
  interval,
  from,
  to,
  tz,
});

describe('the intervals that a client asks about', () => {
  it('are 1,500 at most', () => {
    expect(askedIntervals(day('day', 0, 1_500 * DAY)).starts).toHaveLength(1_500);
    expect(() => askedIntervals(day('day', 0, 1_500 * DAY + 1))).toThrow(/from: .* at most 1,500 intervals/);
    expect(() => askedIntervals(day('day', -1, 1_500 * DAY))).toThrow(/from: .* at most 1,500 intervals/);
  });

  it('end with the one of now, which is in, where it is not said', () => {
    const { starts, end } = askedIntervals(day('minute'));
    expect(starts).toHaveLength(30);
    expect(end).toBeGreaterThan(Date.now() - 60_000);
    expect(end - starts[0]!).toBe(30 * 60_000);
  });

  it('have the whole of the last date in them, however long it is', () => {
    const { starts, end } = askedIntervals(day('day', '2026-03-29', '2026-03-29', 'Europe/Berlin'));
    expect([new Date(starts[0]!), new Date(end)]).toEqual([
      new Date('2026-03-28T23:00:00Z'),
      new Date('2026-03-29T22:00:00Z'),
    ]);
  });

  it('can be told with the one before, of the same zone', () => {
    const asked = day('day', '2011-12-31', '2011-12-31', 'Pacific/Apia');
    const { starts } = withTheOneBefore(askedIntervals(asked), asked);
    // The 30th there was not.
    expect(starts.map((start) => new Date(start).toISOString())).toEqual([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ]);
  });
});
