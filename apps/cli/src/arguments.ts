import { InvalidArgumentError } from 'commander';
import { ENVIRONMENT_ID, parseTimestamp, SCOPES, type Scope } from '#platform';

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const LONGEST_DAYS = 3_650;

/** A list that may be repeated or separated by commas: what came before, and what this says. */
export function environments(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((one) => environment(one.trim()))];
}

export function environment(text: string): string {
  if (ENVIRONMENT_ID.test(text)) return text;
  throw new InvalidArgumentError('An environment is 1 to 64 letters, digits, "_" and "-".');
}

export function scopes(text: string, before: Scope[] = []): Scope[] {
  return [
    ...before,
    ...text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(scope),
  ];
}

function scope(text: string): Scope {
  const known = SCOPES.find((name) => name === text);
  if (known) return known;
  throw new InvalidArgumentError(`There is no scope ${JSON.stringify(text)}; there are: ${SCOPES.join(' ')}.`);
}

/** `90s`, `15m`, `1h` or `30d` in seconds. */
export function duration(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * UNITS[unit as keyof typeof UNITS];
  if (seconds <= LONGEST_DAYS * UNITS.d) return seconds;
  throw new InvalidArgumentError(`It is a number and s, m, h or d, such as 1h; ${LONGEST_DAYS}d at most.`);
}

/** A whole number from 0 on. */
export function count(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

export function text(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('It must not be empty.');
}

/** A time as of RFC 3339, also without its seconds, or a date; in milliseconds since the epoch. */
export function moment(text: string): number {
  const at = parseTimestamp(
    text.replace(/^\S{10}$/, '$&T00:00Z').replace(/^(\S{10}T\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/i, '$1:00$2'),
  );
  if (at !== undefined) return at;
  throw new InvalidArgumentError('It is a time such as 2026-05-01T12:00:00Z, or a date, which begins at 00:00 UTC.');
}
