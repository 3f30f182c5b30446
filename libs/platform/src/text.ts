import { z } from 'zod';

/**
 * Text of so many characters that every store and client can hold: well-formed Unicode without control characters. Its
 * length is looked at first, here and wherever a pattern is behind it: a text without end makes an expression run out of stack.
 */
export function plainText(min: number, max: number) {
  const error = min > 0 ? `must be ${min} to ${max} characters` : `must be at most ${max} characters`;
  return z
    .string()
    .min(min, { error, abort: true })
    .max(max, { error, abort: true })
    .refine((text) => text.isWellFormed(), { message: 'must be well-formed Unicode' })
    .refine((text) => !/\p{Cc}/u.test(text), { message: 'must be without control characters' });
}

/** A user's, workspace's or group's id in a URL: well below 2^53, so that every one that is taken is exact as a number. */
export const entityId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a whole number from 1')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999_999_999_999))
  .meta({ examples: [1] });

/** A whole number in a query, its bounds included. */
export function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/, error)
    .transform(Number)
    .pipe(z.int().min(from, error).max(to, error));
}

const DEEPEST = 100;

// JSON.parse makes it a field like any other, but many a client would lose it or worse.
const PROTO = '__proto__';
const PROTO_FAULT = `must be without ${PROTO}`;

/**
 * A JSON object of free fields of at most `bytes` as UTF-8. Line breaks and tabs are fine in its texts; what Postgres
 * or another client could not give back as it came (lone surrogates, NUL, numbers beyond a double) is not.
 */
export function freeFields(bytes: number) {
  const record = z.record(z.string(), z.unknown()).superRefine((fields, context) => {
    const fault =
      faultOf(fields) ??
      (Buffer.byteLength(JSON.stringify(fields)) > bytes ? `must be at most ${bytes} bytes of JSON` : undefined);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });
  // The schema itself would drop this name without a word, and only on the outermost level.
  return z.preprocess((input, context) => {
    if (Object.hasOwn(Object(input) as object, PROTO)) context.addIssue({ code: 'custom', message: PROTO_FAULT });
    return input;
  }, record);
}

/** Why a value may not stand in free fields, their size aside: `freeFields` without the cost of a schema. */
export function faultOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must have numbers that fit a double';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= DEEPEST) return `must be at most ${DEEPEST} levels deep`;
  for (const [name, inner] of Object.entries(value)) {
    const fault = (name === PROTO ? PROTO_FAULT : textFault(name)) ?? faultOf(inner, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must have well-formed Unicode texts';
  return /[^\P{Cc}\n\r\t]/u.test(text) ? 'must have texts without control characters' : undefined;
}
