const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

// What an offset moves out of these years could not be written back.
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment of an RFC 3339 text in milliseconds since the epoch, what is finer cut off. Undefined for any other text, for
 * dates that no calendar has, and for what is before the year 0 or after 9999 in UTC.
 *
 * A leap second, which only the end of a month in UTC can have, is the last millisecond of that month: it has no place of
 * its own in a count of milliseconds, and so it stays in its day and behind all that came before it.
 */
export function parseTimestamp(text: string): number | undefined {
  return parseCanonical(text) ?? parseAny(text);
}

/** Far more characters than any clock has digits; an expression would run out of stack with a text without end. */
const LONGEST = 100;

const EXAMPLE = '2026-11-22T05:59:01Z';

const NEAR_MISSES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/^\d{4}-\d\d-\d\d$/, 'with the time of day and its offset'],
  [/^.{10} /, 'with T between date and time'],
  [/^.{10}[Tt]\d\d:\d\d(?:[Zz]|[+-].*)?$/, 'with seconds'],
  [/^.{10}[Tt]\d\d:\d\d:\d\d(?:\.\d+)?$/, 'with an offset, Z or one such as +01:00'],
  [/[+-]\d\d(?:\d\d)?$/, 'with a colon in the offset, such as +01:00'],
  [RFC_3339, 'of a moment that there is'],
];

/** What is wrong with a value that `parseTimestamp` does not read, to be put behind the name that it was sent under. */
export function timestampFault(value: unknown): string {
  const remedy =
    typeof value === 'string' && value.length <= LONGEST
      ? NEAR_MISSES.find(([pattern]) => pattern.test(value))?.[1]
      : undefined;
  return `must be a time as of RFC 3339 such as ${EXAMPLE}${remedy === undefined ? '' : `, ${remedy}`}`;
}

const CANONICAL_MARKS = [4, '-', 7, '-', 10, 'T', 13, ':', 16, ':', 19, '.', 23, 'Z'] as const;

let latestDay: { readonly text: string; readonly midnight: number | undefined } = { text: '', midnight: undefined };

/** The form that programs write, `2026-03-01T12:00:00.000Z`, without the cost of an expression: it is read once an item. */
function parseCanonical(text: string): number | undefined {
  if (text.length !== 24) return undefined;
  for (let at = 0; at < CANONICAL_MARKS.length; at += 2) {
    if (text[CANONICAL_MARKS[at] as number] !== CANONICAL_MARKS[at + 1]) return undefined;
  }
  const day = text.slice(0, 10);
  // Most of what comes at a time is of one day.
  if (day !== latestDay.text) {
    latestDay = { text: day, midnight: startOfDay(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)) };
  }
  const time = timeOfDay(digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19));
  const milliseconds = digits(text, 20, 23);
  if (latestDay.midnight === undefined || time === undefined || Number.isNaN(milliseconds)) return undefined;
  return latestDay.midnight + time + milliseconds;
}

/** The number that stands there, NaN where it is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string): number | undefined {
  const written = text.length > LONGEST ? null : RFC_3339.exec(text);
  if (written === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = written;
  const isLeap = second === '60';
  const midnight = startOfDay(Number(year), Number(month), Number(day));
  const time = timeOfDay(Number(hour), Number(minute), isLeap ? 59 : Number(second));
  const offset = offsetOf(written);
  if (midnight === undefined || time === undefined || offset === undefined) return undefined;
  const start = midnight + time - offset;
  if (isLeap && !endsMonth(start)) return undefined;
  const moment = start + (isLeap ? 999 : millisecondsOf(fraction));
  return moment >= EARLIEST && moment <= LATEST ? moment : undefined;
}

function offsetOf([, , , , , , , , sign, hours, minutes]: RegExpExecArray): number | undefined {
  if (sign === undefined) return 0;
  const offset = timeOfDay(Number(hours), Number(minutes), 0);
  return offset === undefined || sign === '+' ? offset : -offset;
}

const millisecondsOf = (fraction = '') => Number(fraction.slice(0, 3).padEnd(3, '0'));

/** Whether a second is the last but for a leap second of a month in UTC. */
function endsMonth(second: number): boolean {
  const next = new Date(second + 1000);
  return next.getUTCDate() === 1 && next.getTime() % DAY_MS === 0;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function startOfDay(year: number, month: number, day: number): number | undefined {
  // Unlike Date.UTC, this takes the years 0 to 99 for what they are.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}
