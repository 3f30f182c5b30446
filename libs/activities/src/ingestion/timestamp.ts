const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

// Earlier moments, by an offset in the year 0, could not be written back as RFC 3339.
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');

/**
 * The moment of an RFC 3339 text in milliseconds since the epoch, what is finer cut off. Undefined for any other text,
 * for dates that no calendar has, and for leap seconds, which a count of milliseconds cannot tell apart.
 */
export function parseTimestamp(text: string): number | undefined {
  return parseCanonical(text) ?? parseAny(text);
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

/** Far more characters than any clock has digits. */
const LONGEST = 100;

function parseAny(text: string): number | undefined {
  if (text.length > LONGEST) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, ...offset] = RFC_3339.exec(text) ?? [];
  const midnight = year === undefined ? undefined : startOfDay(Number(year), Number(month), Number(day));
  const time = midnight === undefined ? undefined : timeOfDay(Number(hour), Number(minute), Number(second));
  const shift = sign === undefined ? 0 : timeOfDay(Number(offset[0]), Number(offset[1]), 0);
  if (midnight === undefined || time === undefined || shift === undefined) return undefined;
  const local = midnight + time + Number(fraction.slice(0, 3).padEnd(3, '0'));
  const moment = sign === '-' ? local + shift : local - shift;
  return moment >= EARLIEST ? moment : undefined;
}

function startOfDay(year: number, month: number, day: number): number | undefined {
  // Unlike Date.UTC, this takes the years 0 to 99 for what they are.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}
