declare global {
  /** A number as it was written, of which a double would say less: JSON.stringify writes it as it stands. */
  interface RawNumber {
    readonly rawJSON: string;
  }
  // ECMAScript's "JSON.parse source text access", which Node has and TypeScript's library does not name yet.
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown;
  }
}

const BEFORE = String.raw`[ \t\n\r:,[]`;
const BEHIND = String.raw`[ \t\n\r,\]}]`;
/**
 * The end of what may be a number that JavaScript would write in another way: `-0`, an exponent, 16 digits or more (with fewer a
 * double tells all decimals apart), a fraction that ends with 0, or less than a millionth. In a text it may be no number at all.
 * Looked for from its end, since a digit before such a character is rare in texts: that is twice as fast. What stands behind is
 * asked for first: else each digit of a long row would be looked at from all those behind it.
 */
const OTHERWISE_WRITTEN = new RegExp(
  String.raw`\d(?=${BEHIND})(?<=${BEFORE}-?(?:\d[\d.]{15,}|\d+\.\d*0|0\.0{6}\d*|\d+(?:\.\d+)?[eE][-+]?\d+)|${BEFORE}-0)`,
);
const LONE_NUMBER = /^[-\d]/;

/** Whether some number of a JSON text may be written otherwise than JavaScript would: such a text is read by `parseExactly`. */
export function mayLoseDigits(json: string): boolean {
  return OTHERWISE_WRITTEN.test(json) || LONE_NUMBER.test(json);
}

/**
 * The value of a JSON text, from which `JSON.stringify` makes each number as it was written: one that JavaScript would write in
 * another way is a raw one (`JSON.isRawJSON`), all others are numbers. Three times the work of `JSON.parse` where there may be
 * such a number, else the same. Throws SyntaxError.
 */
export function parseExactly(json: string): unknown {
  if (!mayLoseDigits(json)) return JSON.parse(json);
  try {
    return JSON.parse(json, asWritten);
  } catch (error) {
    // Thousands of levels deep, where no free fields may be: the stack ends, but whoever refuses it should see it.
    if (error instanceof RangeError) return JSON.parse(json);
    throw error;
  }
}

function asWritten(_name: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return JSON.stringify(value) === source ? value : JSON.rawJSON(source);
}

/** Converts a raw number to the nearest double, and leaves other values: for numbers that are computed with, where 1.0 is 1. */
export function asDouble(value: unknown): unknown {
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}
