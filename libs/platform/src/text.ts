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

/**
 * A JSON object of free fields of at most `bytes` as UTF-8 without blanks: any name, any number and any text but what Postgres
 * could not give back (U+0000) or nobody could send (lone surrogates).
 */
export function freeFields(bytes: number) {
  // Not `z.record`, which drops a field `__proto__` without a word.
  return z
    .custom<Record<string, unknown>>(isObject, { error: 'must be a JSON object', abort: true })
    .superRefine((fields, context) => {
      const fault = faultOf(fields) ?? sizeFault(fields, bytes);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

function sizeFault(fields: object, bytes: number): string | undefined {
  return Buffer.byteLength(JSON.stringify(fields)) > bytes ? `must be at most ${bytes} bytes of JSON` : undefined;
}

/** Why a value may not stand in free fields, their size aside: `freeFields` without the cost of a schema. */
export function faultOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must have numbers that fit a double';
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return undefined;
  if (depth >= DEEPEST) return `must be at most ${DEEPEST} levels deep`;
  for (const [name, inner] of Object.entries(value)) {
    const fault = textFault(name) ?? faultOf(inner, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must have well-formed Unicode texts';
  return text.includes('\0') ? 'must have texts without U+0000' : undefined;
}
