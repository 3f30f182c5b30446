import { z } from 'zod';

/**
 * Text of so many characters that every store and client can hold and show as it is: well-formed Unicode without control
 * characters and without what turns the direction of the text behind it. Its length is looked at first, here and wherever a
 * pattern is behind it: a text without end makes an expression run out of stack.
 */
export function plainText(min: number, max: number) {
  const error = min > 0 ? `must be ${min} to ${max} characters` : `must be at most ${max} characters`;
  return z
    .string()
    .refine((text) => hasCharacters(text, min, max), { error, abort: true })
    .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode, without half a surrogate pair' })
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'must be without control characters' })
    .refine((text) => !TURNS.test(text), { error: `must be without the direction controls ${TURNING}` })
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max });
}

/** The same, with at least one visible character. */
export function visibleText(min: number, max: number) {
  return plainText(min, max).refine(isVisible, { error: 'must have at least one visible character' });
}

/** Whether a text has so many characters as people count them: one outside the basic plane is one, not two. */
export function hasCharacters(text: string, min: number, max: number): boolean {
  if (text.length > 2 * max) return false;
  // Only counted where the number of UTF-16 units does not decide it.
  const count = text.length < 2 * min || text.length > max ? [...text].length : text.length;
  return count >= min && count <= max;
}

/** Whether anything of a text can be seen: not marks alone, which need a character that they stand on. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}

// Embeddings, overrides and isolates: what follows is shown in another order than it is stored. The marks that texts in Hebrew
// and Arabic have (U+200E, U+200F, U+061C) turn nothing.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const TURNING = 'U+202A to U+202E and U+2066 to U+2069: leave them out';

// Beside what Unicode says is not to be shown: the blank of Braille, the null notehead, and what stands for an object.
const VISIBLE =
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Noncharacter_Code_Point}\u2800\u{1d159}\ufffc]/u;

/** A user's, workspace's or group's id in a URL: well below 2^53, so that every one that is taken is exact as a number. */
export const entityId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a whole number from 1')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999_999_999_999))
  .meta({ examples: [1] });

/** A whole number in a query, from and to included. */
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
 * could not give back (U+0000) or nobody could send (lone surrogates). `measured` says what of it counts where that is not all.
 */
export function freeFields(bytes: number, measured = (fields: Record<string, unknown>): unknown => fields) {
  // Not `z.record`, which drops a field `__proto__` without a word.
  return z
    .custom<Record<string, unknown>>(isObject, { error: 'must be a JSON object', abort: true })
    .superRefine((fields, context) => {
      const fault = faultOf(fields) ?? sizeFault(measured(fields), bytes);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

function sizeFault(fields: unknown, bytes: number): string | undefined {
  return Buffer.byteLength(JSON.stringify(fields)) > bytes ? `must be at most ${bytes} bytes of JSON` : undefined;
}

/** Why a value may not stand in free fields, their size aside: `freeFields` without the cost of a schema. */
export function faultOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must have numbers that fit a double';
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return undefined;
  if (depth >= DEEPEST) return `must be at most ${DEEPEST} levels deep`;
  for (const name of Object.keys(value)) {
    const fault = textFault(name) ?? faultOf((value as Record<string, unknown>)[name], depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must have well-formed Unicode texts';
  return text.includes('\0') ? 'must have texts without U+0000' : undefined;
}
