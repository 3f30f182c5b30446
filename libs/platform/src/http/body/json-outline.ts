import { ownTurn } from '../../own-turn.js';

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

/** So many bytes are looked at in one turn of the event loop; but no string or number is parted. */
export const PIECE = 1024 * 1024;

/**
 * The outline of a JSON text in UTF-8, undefined where it is no JSON (RFC 8259). It takes one look at each byte and makes
 * nothing of what it sees, so that its time and memory are known whatever is sent, unlike those of `JSON.parse`. Of an
 * array with more than `most` items it gives up behind so many and one.
 */
export async function outlineOf(bytes: Buffer, most: number): Promise<Outline | undefined> {
  const look = new Look(bytes, most);
  for (let until = PIECE; !look.goOn(until); until += PIECE) await ownTurn();
  return look.outline();
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
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Goes over a text, value by value. What is open is kept in a list: nothing that is sent can make it a deep recursion. */
class Look {
  private readonly values: Span[] = [];
  private readonly open = new Closers();
  /** How deep the values are that are looked for. */
  private readonly depth: number;
  /** Where the next value begins, and where the one that is looked for began. */
  private at: number;
  private start = 0;
  private isOver = false;

  constructor(
    private readonly bytes: Buffer,
    private readonly most: number,
  ) {
    this.at = skipSpace(bytes, 0);
    this.depth = bytes[this.at] === OPEN_ARRAY ? 1 : 0;
  }

  /** Whether the end of the text has come, or of what is JSON in it. */
  goOn(until: number): boolean {
    while (!this.isOver && this.at < until) {
      this.at = this.skip(this.at);
      if (this.at === NONE || this.values.length > this.most) this.isOver = true;
    }
    return this.isOver;
  }

  outline(): Outline | undefined {
    const isWhole = this.at !== NONE && skipSpace(this.bytes, this.at) === this.bytes.length;
    return isWhole || this.values.length > this.most ? { isArray: this.depth === 1, values: this.values } : undefined;
  }

  /** From where a value begins to where the next one does: the first that is inside of it, or one behind. */
  private skip(from: number): number {
    const { bytes, open } = this;
    if (open.depth === this.depth) this.start = from;
    const byte = bytes[from]!;
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.end(skipScalar(bytes, from));
    const at = skipSpace(bytes, from + 1);
    if (bytes[at] === byte + 2) return this.end(at + 1);
    open.push(byte + 2);
    return byte === OPEN_OBJECT ? skipName(bytes, at) : at;
  }

  /** From behind a value, over all that ends with it, to the next one. */
  private end(from: number): number {
    const { bytes, open } = this;
    let at = from;
    while (at !== NONE) {
      if (open.depth === this.depth) this.values.push({ start: this.start, end: at });
      if (open.depth === 0) break;
      at = skipSpace(bytes, at);
      if (bytes[at] !== open.last) return bytes[at] === COMMA ? this.next(skipSpace(bytes, at + 1)) : NONE;
      open.pop();
      at += 1;
    }
    this.isOver = true;
    return at;
  }

  private next(at: number): number {
    return this.open.last === CLOSE_OBJECT ? skipName(this.bytes, at) : at;
  }
}

/** What will close the objects and arrays that are open, a byte each. */
class Closers {
  private bytes = new Uint8Array(16);
  depth = 0;
  /** What closes the innermost. */
  last = 0;

  push(closer: number): void {
    if (this.depth === this.bytes.length) this.widen();
    this.bytes[this.depth++] = closer;
    this.last = closer;
  }

  pop(): void {
    this.depth -= 1;
    if (this.depth > 0) this.last = this.bytes[this.depth - 1]!;
  }

  private widen(): void {
    const wider = new Uint8Array(4 * this.depth);
    wider.set(this.bytes);
    this.bytes = wider;
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
  switch (bytes[at]!) {
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
  const end = bytes.length;
  let at = start + 1;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at);
      if (at === NONE) return NONE;
    } else if (byte >= 0x20) at += 1;
    else return NONE;
  }
  return NONE;
}

/** By byte, whether it may stand behind a backslash alone. */
const ESCAPED = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1;

function skipEscape(bytes: Buffer, at: number): number {
  if (at + 1 >= bytes.length) return NONE;
  const byte = bytes[at + 1]!;
  if (ESCAPED[byte] === 1) return at + 2;
  if (byte !== 0x75) return NONE;
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
  const end = bytes.length;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
  return end;
}
