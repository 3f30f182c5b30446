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

/** The form that programs write, at a fraction of the cost: a moment that is written back the same was read right. */
function parseCanonical(text: string): number | undefined {
  if (text.length !== 24 || !text.endsWith('Z')) return undefined;
  const moment = Date.parse(text);
  return moment >= EARLIEST && new Date(moment).toISOString() === text ? moment : undefined;
}

function parseAny(text: string): number | undefined {
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
