import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  dateAt,
  type Interval,
  INTERVALS,
  intervalsBetween,
  isTimeZone,
  startBefore,
  startOfDate,
} from './intervals.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);
const iso = (moment: number) => new Date(moment).toISOString().replace('.000Z', 'Z');
const startsOf = (interval: Interval, zone: string, from: string, end: string) =>
  intervalsBetween(interval, zone, at(from), at(end)).starts.map(iso);
const lengthsOf = (interval: Interval, zone: string, from: string, end: string, unit = HOUR) => {
  const { starts, end: last } = intervalsBetween(interval, zone, at(from), at(end));
  return [...starts.slice(1), last].map((next, index) => (next - starts[index]!) / unit);
};

describe('intervals', () => {
  it('are whole: the ones that are cut at either end count in full', () => {
    const days = intervalsBetween('day', 'UTC', at('2026-03-01T12:00:00Z'), at('2026-03-03T00:00:00.001Z'));
    expect(days.starts.map(iso)).toEqual(['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z']);
    expect(iso(days.end)).toBe('2026-03-04T00:00:00Z');
  });

  it('end before the one that begins where the span ends', () => {
    expect(startsOf('hour', 'UTC', '2026-03-01T10:00:00Z', '2026-03-01T12:00:00Z')).toEqual([
      '2026-03-01T10:00:00Z',
      '2026-03-01T11:00:00Z',
    ]);
  });

  it('of weeks begin on Monday, of months on the first, also before 1970', () => {
    expect(startsOf('week', 'UTC', '2026-01-01T00:00:00Z', '2026-01-06T00:00:00Z')).toEqual([
      '2025-12-29T00:00:00Z',
      '2026-01-05T00:00:00Z',
    ]);
    expect(startsOf('month', 'UTC', '1968-02-29T12:00:00Z', '1968-03-01T00:00:00.001Z')).toEqual([
      '1968-02-01T00:00:00Z',
      '1968-03-01T00:00:00Z',
    ]);
    expect(startsOf('minute', 'Asia/Kathmandu', '1969-12-31T23:59:30Z', '1970-01-01T00:00:30Z')).toEqual([
      '1969-12-31T23:59:00Z',
      '1970-01-01T00:00:00Z',
    ]);
  });

  it('of days last 23 and 25 hours where clocks change', () => {
    expect(lengthsOf('day', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([24, 23, 24]);
    expect(lengthsOf('day', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([24, 25, 24]);
  });

  it('of hours are two where an hour occurs twice, and none where it is skipped', () => {
    const hours = new Array(6).fill(1);
    expect(lengthsOf('hour', 'Europe/Berlin', '2026-10-25T00:00:00Z', '2026-10-25T06:00:00Z')).toEqual(hours);
    expect(lengthsOf('hour', 'Europe/Berlin', '2026-03-29T00:00:00Z', '2026-03-29T06:00:00Z')).toEqual(hours);
  });

  it('of hours begin at the full hour of zones that are 30 or 45 minutes off', () => {
    expect(startsOf('hour', 'Asia/Kolkata', '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z')).toEqual([
      '2026-03-01T09:30:00Z',
      '2026-03-01T10:30:00Z',
    ]);
    expect(startsOf('hour', 'Asia/Kathmandu', '2026-03-01T10:15:00Z', '2026-03-01T10:16:00Z')).toEqual([
      '2026-03-01T10:15:00Z',
    ]);
  });

  it('of hours are longer and shorter where clocks are set by half an hour', () => {
    const zone = 'Australia/Lord_Howe';
    expect(lengthsOf('hour', zone, '2026-04-04T13:00:00Z', '2026-04-04T17:00:00Z')).toEqual([1, 1.5, 1, 1]);
    expect(lengthsOf('hour', zone, '2026-10-03T13:30:00Z', '2026-10-03T17:00:00Z')).toEqual([1, 1, 0.5, 1]);
  });

  it('of days begin at one where there is no midnight', () => {
    expect(startsOf('day', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T12:00:00Z')).toEqual([
      '2018-11-03T03:00:00Z',
      '2018-11-04T03:00:00Z',
    ]);
    expect(lengthsOf('day', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-05T12:00:00Z')).toEqual([24, 23, 24]);
    expect(lengthsOf('day', 'Asia/Beirut', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toEqual([24, 23]);
  });

  it('know no day that an island did not have', () => {
    const days = intervalsBetween(
      'day',
      'Pacific/Apia',
      startOfDate('2011-12-29', 'Pacific/Apia'),
      at('2012-01-01T00:00:00Z'),
    );
    expect(days.starts.map((start) => dateAt(start, 'Pacific/Apia'))).toEqual([
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
    ]);
    expect(startOfDate('2011-12-30', 'Pacific/Apia')).toBe(startOfDate('2011-12-31', 'Pacific/Apia'));
  });

  it('have no moment twice where a clock goes back across midnight', () => {
    // At one minute past midnight it was one minute past eleven of the day before.
    const zone = 'America/St_Johns';
    const again = at('2010-11-07T03:00:00Z');
    expect(dateAt(again, zone)).toBe('2010-11-06');
    const [start] = intervalsBetween('day', zone, again, again + 1).starts;
    expect(dateAt(start!, zone)).toBe('2010-11-07');
    expect(startsOf('hour', zone, '2010-11-07T03:00:00Z', '2010-11-07T03:30:00Z')).toEqual(['2010-11-07T02:30:00Z']);
  });

  it('stop behind the first that is too many', () => {
    expect(intervalsBetween('minute', 'UTC', 0, 1_500 * MINUTE).starts).toHaveLength(1_500);
    expect(intervalsBetween('minute', 'UTC', 0, 1_501 * MINUTE).starts).toHaveLength(1_501);
    expect(intervalsBetween('minute', 'UTC', 0, 1e15).starts).toHaveLength(1_501);
  });

  const ZONES = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Beirut', 'Asia/Kolkata', 'Asia/Kathmandu'];
  const ODD = ['Pacific/Apia', 'America/Havana', 'Africa/Casablanca', 'Australia/Lord_Howe', 'America/St_Johns'];
  const zones = fc.constantFrom(...ZONES, ...ODD);
  // Around changes of clocks, and anywhere.
  const changes = ['2011-12-30T10:00:00Z', '2018-11-04T03:00:00Z', '2018-02-18T02:00:00Z', '2026-03-29T01:00:00Z'];
  const moments = fc.oneof(
    fc.integer({ min: at('1975-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }),
    fc.tuple(fc.constantFrom(...changes.map(at)), fc.integer({ min: -2 * DAY, max: 2 * DAY })).map(([a, b]) => a + b),
  );

  it('begin where a clock first shows their date, whatever the zone', () => {
    const spans = fc.tuple(
      fc.constantFrom('day', 'week', 'month' as const),
      zones,
      moments,
      fc.integer({ min: 1, max: 9 * DAY }),
    );
    fc.assert(
      fc.property(spans, ([interval, zone, from, length]) => {
        const expected = startsByDates(interval, zone, from, from + length);
        expect(intervalsBetween(interval, zone, from, from + length)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('of hours begin where a clock shows a full hour, or first shows an hour', () => {
    fc.assert(
      fc.property(zones, moments, fc.integer({ min: 1, max: 12 * HOUR }), (zone, from, length) => {
        const { starts, end } = intervalsBetween('hour', zone, from, from + length);
        expect([...starts, end]).toEqual(hoursByClock(zone, from, from + length));
      }),
      { numRuns: 60 },
    );
  });

  it('lie behind each other: a span has the intervals of its parts', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERVALS), zones, moments, fc.nat(40), (interval, zone, moment, count) => {
        const from = startBefore(interval, zone, moment, count);
        const { starts, end } = intervalsBetween(interval, zone, from, moment + 1);
        expect(starts).toHaveLength(count + 1);
        expect(starts[0]).toBe(from);
        expect(end).toBeGreaterThan(moment);
        expect(starts.map((start) => intervalsBetween(interval, zone, start, start + 1).starts)).toEqual(
          starts.map((start) => [start]),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'europe/berlin', 'Etc/GMT+5', 'US/Pacific', 'America/Argentina/Buenos_Aires'])(
    'may be %s',
    (name) => expect(isTimeZone(name)).toBe(true),
  );
  it.each([
    '',
    '+01:00',
    'Z',
    'Mars/Olympus',
    'Europe/Berlin[u-ca=iso8601]',
    '2020-01-01T00:00Z[UTC]',
    '../UTC',
    'a'.repeat(99),
  ])('may not be “%s”', (name) => expect(isTimeZone(name)).toBe(false));
});

// The slow reference: a clock is read at every quarter of an hour or minute.

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock shows: `2026-03-29 02:30`. */
function shown(zone: string, moment: number): string {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  clocks.set(zone, clock);
  return clock.format(moment);
}

function firstDateOf(interval: 'day' | 'week' | 'month', date: string): string {
  if (interval === 'month') return `${date.slice(0, 8)}01`;
  const day = new Date(`${date}T00:00:00Z`);
  if (interval === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** An interval begins at the first moment that shows its first date or a later one. */
function startsByDates(interval: 'day' | 'week' | 'month', zone: string, from: number, end: number) {
  const starts: number[] = [];
  let latest = '';
  const begin = Math.floor(from / DAY) * DAY - 40 * DAY;
  for (let moment = begin; ; moment += 15 * MINUTE) {
    const first = firstDateOf(interval, shown(zone, moment).slice(0, 10));
    if (first <= latest) continue;
    latest = first;
    starts.push(moment);
    if (moment >= end) break;
  }
  const last = starts.pop()!;
  return { starts: starts.filter((start, index) => (starts[index + 1] ?? last) > from), end: last };
}

/** With where the last ends. */
function hoursByClock(zone: string, from: number, end: number): number[] {
  const starts: number[] = [];
  const begin = Math.floor(from / HOUR) * HOUR - 3 * HOUR;
  let latest = shown(zone, begin - MINUTE).slice(0, 13);
  for (let moment = begin; (starts.at(-1) ?? -Infinity) < end; moment += MINUTE) {
    const text = shown(zone, moment);
    // Set back within an hour it shows that hour once more; set on into one it never shows it full.
    if (text.endsWith(':00') || text.slice(0, 13) > latest) starts.push(moment);
    if (text.slice(0, 13) > latest || text.endsWith(':00')) latest = text.slice(0, 13);
  }
  return starts.filter((_, index) => index + 1 >= starts.length || starts[index + 1]! > from);
}
