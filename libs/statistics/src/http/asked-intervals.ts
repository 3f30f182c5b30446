import { type Intervals } from '#activities';
import { Problem } from '#platform';
import { type Interval, intervalsBetween, MOST_INTERVALS, startBefore, startOfDate } from '../intervals.js';

/** So many intervals there are where `from` is left out. */
export const INTERVALS_UNASKED = 30;

/** A span of time as a client names it: dates as they are written, moments in milliseconds since the epoch. */
export interface AskedSpan {
  readonly interval: Interval;
  readonly from?: string | number;
  readonly to?: string | number;
  readonly tz: string;
}

/** What can be written as RFC 3339. */
const FIRST_YEAR = Date.parse('0000-01-01T00:00:00Z');
const LAST_YEAR_ENDS = Date.parse('9999-12-31T23:59:59.999Z');

/** The intervals that a client asks about. Throws `invalid-request` where they are none, too many or of no year. */
export function askedIntervals({ interval, from, to, tz }: AskedSpan): Intervals {
  // What happens in this moment is in.
  const end = momentOf(to, tz, 1) ?? Date.now() + 1;
  const begin = momentOf(from, tz, 0) ?? startBefore(interval, tz, end - 1, INTERVALS_UNASKED - 1);
  if (begin >= end) {
    throw to === undefined
      ? refused('from', 'must not be after now, where `to` is left out')
      : refused('to', 'must be after `from`');
  }
  const intervals = intervalsBetween(interval, tz, begin, end);
  const { starts } = intervals;
  if (starts.length > MOST_INTERVALS) throw refused('from', TOO_MANY);
  if (starts[0]! < FIRST_YEAR || starts.at(-1)! > LAST_YEAR_ENDS) {
    throw refused(from === undefined ? 'to' : 'from', 'must leave all intervals in the years 0 to 9999 in UTC');
  }
  return intervals;
}

/** With the interval before the first. */
export function withTheOneBefore({ starts, end }: Intervals, { interval, tz }: AskedSpan): Intervals {
  return { starts: [startBefore(interval, tz, starts[0]!, 1), ...starts], end };
}

const TOO_MANY =
  `is too far from where it ends: there are at most ${MOST_INTERVALS.toLocaleString('en')} intervals in an answer. ` +
  'Take a later `from`, an earlier `to` or a longer `interval`';

/** A date stands for its first moment, or for that of one so many days later. */
function momentOf(bound: string | number | undefined, tz: string, daysLater: number): number | undefined {
  return typeof bound === 'string' ? startOfDate(bound, tz, daysLater) : bound;
}

function refused(parameter: string, detail: string): Problem {
  return new Problem('invalid-request', `${parameter}: ${detail}`, {
    errors: [{ parameter, code: 'invalid', detail }],
  });
}
