/** Where something begins and ends in a body. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the values of a JSON text are: the items of an array, or the one value that is none. */
export interface Outline {
  readonly isArray: boolean;
  readonly values: readonly Span[];
}

/**
 * The outline of a JSON text in UTF-8, undefined where it is no JSON (RFC 8259). It takes one look at each byte and makes
 * nothing of what it sees, so that its time and memory are known whatever is sent, unlike those of `JSON.parse`. Of an
 * array with more than `most` items it gives up behind so many and one.
 */
export function outlineOf(bytes: Buffer, most: number): Outline | undefined {
  const start = skipSpace(bytes, 0);
  const isArray = bytes[start] === OPEN_ARRAY;
  const values: Span[] = [];
  const end = isArray ? skipItems(bytes, start, values, most) : skipValue(bytes, start);
  if (values.length > most) return { isArray, values };
  if (end === NONE || skipSpace(bytes, end) < bytes.length) return undefined;
  return { isArray, values: isArray ? values : [{ start, end }] };
}

/** Where something would have to be that is not there. */
const NONE = -1;

const QUOTE = 0x22;
const MINUS = 0x2d;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function skipItems(bytes: Buffer, start: number, items: Span[], most: number): number {
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    const end = skipValue(bytes, at);
    if (end === NONE) return NONE;
    items.push({ start: at, end });
    if (items.length > most) return NONE;
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) return NONE;
    at = skipSpace(bytes, at + 1);
  }
}

/** Behind the value that begins here. What is open is kept in a list: nothing that is sent can make it a deep recursion. */
function skipValue(bytes: Buffer, start: number): number {
  const open = new Closers();
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      open.push(byte + 2);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== byte + 2) {
        if (byte === OPEN_OBJECT) at = skipName(bytes, at);
        if (at === NONE) return NONE;
        continue;
      }
    } else {
      at = skipScalar(bytes, at);
      if (at === NONE) return NONE;
    }
    at = closeAll(bytes, at, open);
    if (at === NONE || open.depth === 0) return at;
  }
}

/** From behind a value, over all that ends there, to the next value of what is still open. */
function closeAll(bytes: Buffer, from: number, open: Closers): number {
  let at = from;
  while (open.depth > 0) {
    at = skipSpace(bytes, at);
    if (bytes[at] === open.last) {
      open.pop();
      at += 1;
      continue;
    }
    if (bytes[at] !== COMMA) return NONE;
    at = skipSpace(bytes, at + 1);
    return open.last === CLOSE_OBJECT ? skipName(bytes, at) : at;
  }
  return at;
}

/** What will close the objects and arrays that are open, a byte each. */
class Closers {
  private bytes = new Uint8Array(64);
  depth = 0;

  get last(): number {
    return this.bytes[this.depth - 1]!;
  }

  push(closer: number): void {
    if (this.depth === this.bytes.length) {
      const more = new Uint8Array(2 * this.depth);
      more.set(this.bytes);
      this.bytes = more;
    }
    this.bytes[this.depth++] = closer;
  }

  pop(): void {
    this.depth -= 1;
  }
}

/** To the value of the member whose name begins here. */
function skipName(bytes: Buffer, at: number): number {
  const end = skipString(bytes, at);
  if (end === NONE) return NONE;
  const colon = skipSpace(bytes, end);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : NONE;
}

function skipScalar(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at);
    case 0x74:
      return skipWord(bytes, at, TRUE);
    case 0x66:
      return skipWord(bytes, at, FALSE);
    case 0x6e:
      return skipWord(bytes, at, NULL);
    default:
      return skipNumber(bytes, at);
  }
}

const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word)) as [Buffer, Buffer, Buffer];

function skipWord(bytes: Buffer, at: number, word: Buffer): number {
  return word.every((byte, index) => bytes[at + index] === byte) ? at + word.length : NONE;
}

function skipString(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) return NONE;
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return NONE;
    if (byte !== BACKSLASH) continue;
    const end = skipEscape(bytes, at);
    if (end === NONE) return NONE;
    at = end - 1;
  }
  return NONE;
}

const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

function skipEscape(bytes: Buffer, at: number): number {
  const byte = bytes[at + 1];
  if (byte !== 0x75) return byte !== undefined && ESCAPED.has(byte) ? at + 2 : NONE;
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    if (!isHex(bytes[digit])) return NONE;
  }
  return at + 6;
}

const isHex = (byte = 0) => isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
const isDigit = (byte = 0) => byte >= ZERO && byte <= 0x39;

function skipNumber(bytes: Buffer, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at);
  if (at !== NONE && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1);
  if (at === NONE || (bytes[at]! | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  return skipDigits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1);
}

/** One or more. */
function skipDigits(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isDigit(bytes[at])) at += 1;
  return at === start ? NONE : at;
}

function skipSpace(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
  }
  return bytes.length;
}
