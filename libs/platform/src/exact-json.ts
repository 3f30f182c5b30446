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

/**
 * A number that JavaScript would write in another way: `-0`, an exponent, 16 digits or more (with fewer a double tells all
 * decimals apart), a fraction that ends with 0, or less than a millionth.
 */
const OTHERWISE_WRITTEN = /^-?(?:\d[\d.]{15,}|\d+\.\d*0|0\.0{6}\d*|\d+(?:\.\d+)?[eE][-+]?\d+)$|^-0$/;
const SHORTEST_LONG = 16;
/** What may stand before a number, and behind one. */
const BEFORE = new Set([undefined, ':', ',', '[', ' ', '\n', '\r', '\t']);
const BEHIND = [',', '}', ']', '\n', ' ', '\r', '\t'];

/**
 * Whether some number of a JSON text may be written otherwise than JavaScript would: such a text is read by `parseExactly`.
 * Numbers are looked for at their ends, which are few: an expression that goes over the whole text costs four times as much.
 * In a text there may be what only looks like one.
 */
export function mayLoseDigits(json: string): boolean {
  return endsOtherwise(json, json.length) || BEHIND.some((mark) => someEndsOtherwise(json, mark));
}

function someEndsOtherwise(json: string, mark: string): boolean {
  for (let at = json.indexOf(mark); at !== -1; at = json.indexOf(mark, at + 1)) {
    if (endsOtherwise(json, at)) return true;
  }
  return false;
}

function endsOtherwise(json: string, end: number): boolean {
  let at = end;
  while (isDigit(json.charCodeAt(at - 1))) at -= 1;
  // Nearly all are whole numbers of a few digits.
  if (at === end || (end - at < SHORTEST_LONG && !isOfNumber(json.charCodeAt(at - 1)))) return false;
  while (isOfNumber(json.charCodeAt(at - 1))) at -= 1;
  return BEFORE.has(json[at - 1]) && OTHERWISE_WRITTEN.test(json.slice(at, end));
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const OF_NUMBER = new Set([...'0123456789+-.eE'].map((mark) => mark.charCodeAt(0)));
const isOfNumber = (code: number) => OF_NUMBER.has(code);

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
