import { Temporal } from 'temporal-polyfill';
import { type Intervals } from '#activities';

/** What a span of time can be cut into, from the shortest. */
export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** So many intervals an answer has at most. */
export const MOST_INTERVALS = 1_500;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_NAME = 64;
// Neither an offset such as +01:00, which never changes its clocks, nor what Temporal reads beside names.
const ZONE = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

/** Whether this is the name of a time zone of IANA, in whatever case. */
export function isTimeZone(name: string): boolean {
  if (name.length > LONGEST_NAME || !ZONE.test(name)) return false;
  try {
    return zoned(0, name) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a text is a date that there is, as in `2026-11-22`. */
export function isDate(text: string): boolean {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(text) && Temporal.PlainDate.from(text) !== undefined;
  } catch {
    return false;
  }
}

/** The first moment of a date (`2026-11-22`) in a time zone, so many days later. Throws a `RangeError` for what is none. */
export function startOfDate(date: string, timeZone: string, daysLater = 0): number {
  return startOf(Temporal.PlainDate.from(date).add({ days: daysLater }), timeZone);
}

/** The date in a time zone at a moment. */
export const dateAt = (moment: number, timeZone: string): string => zoned(moment, timeZone).toPlainDate().toString();

/**
 * The whole intervals of a time zone that have a moment from `from` on and before `end` in them. Of more than can be
 * answered there is one too many, and the others are left out.
 */
export function intervalsBetween(interval: Interval, timeZone: string, from: number, end: number): Intervals {
  const starts: number[] = [];
  let next = startAt(interval, timeZone, from);
  for (; next < end && starts.length <= MOST_INTERVALS; next = nextStart(interval, timeZone, next)) starts.push(next);
  return { starts, end: next };
}

/** Where the interval begins that so many intervals before the one with this moment in it. */
export function startBefore(interval: Interval, timeZone: string, moment: number, intervals: number): number {
  let start = startAt(interval, timeZone, moment);
  for (let left = intervals; left > 0; left -= 1) start = startAt(interval, timeZone, start - 1);
  return start;
}

/** Where the interval with a moment in it begins. */
function startAt(interval: Interval, timeZone: string, moment: number): number {
  let start = startByClock(interval, timeZone, moment);
  // Where a clock was set back across a full hour or midnight, it shows at some moments what has ended before.
  for (let next = start; next <= moment; next = nextStart(interval, timeZone, start)) start = next;
  return start;
}

/** Where the hour, the day, the week or the month began that a clock shows at a moment. */
function startByClock(interval: Interval, timeZone: string, moment: number): number {
  // All time zones of today have whole minutes, and nobody counts by those that others had.
  if (interval === 'minute') return Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  const clock = zoned(moment, timeZone);
  if (interval !== 'hour') return startOf(firstDate(clock, interval), timeZone);
  return clock.round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds;
}

function nextStart(interval: Interval, timeZone: string, start: number): number {
  if (interval === 'minute') return start + MINUTE_MS;
  if (interval !== 'hour') {
    return startOf(firstDate(zoned(start, timeZone), interval).add({ [`${interval}s`]: 1 }), timeZone);
  }
  const next = startByClock('hour', timeZone, start + HOUR_MS);
  // An hour in which a clock is set back by less than one is longer.
  return next > start ? next : startByClock('hour', timeZone, start + 2 * HOUR_MS);
}

/** The first date of the day, week or month that a clock shows. */
function firstDate(clock: Temporal.ZonedDateTime, interval: Exclude<Interval, 'minute' | 'hour'>): Temporal.PlainDate {
  const date = clock.toPlainDate();
  if (interval === 'month') return date.with({ day: 1 });
  return interval === 'week' ? date.subtract({ days: date.dayOfWeek - 1 }) : date;
}

/** Where midnight is skipped a date begins later, and one that is skipped as a whole with the next. */
const startOf = (date: Temporal.PlainDate, timeZone: string) => date.toZonedDateTime(timeZone).epochMilliseconds;

const zoned = (moment: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone);
