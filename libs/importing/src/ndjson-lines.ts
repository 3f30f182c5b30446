import { createHash, type Hash } from 'node:crypto';

/** A line of an input. */
export interface Line {
  /** From 1; blank lines have numbers too. */
  readonly number: number;
  /** Without what ends it; undefined where it is longer than `MAX_LINE_BYTES`. */
  readonly bytes: Buffer | undefined;
}

/** A place behind so many whole lines of an input, and the SHA-256 of all bytes before it. */
export interface LinePosition {
  readonly offset: number;
  readonly lines: number;
  readonly sha256: string;
}

/** No activity is as long, and two such lines still fit into one request. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024 - 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Cuts bytes into lines, and keeps no more of a line than may be sent. */
export class LineReader {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  /** As it was where the line began whose end has not come yet. */
  private hashBefore: Hash;

  /** From a place in the input on, with the hash of what stands before it. */
  constructor(
    private offset = 0,
    private lines = 0,
    private readonly hash = createHash('sha256'),
  ) {
    this.hashBefore = hash;
  }

  /** The lines that end within these bytes. */
  *linesIn(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, start)) {
      this.hash.update(chunk.subarray(start, feed + 1));
      this.keep(chunk.subarray(start, feed));
      start = feed + 1;
      yield this.endLine();
    }
    if (start === chunk.length) return;
    if (this.pendingBytes === 0) this.hashBefore = this.hash.copy();
    this.hash.update(chunk.subarray(start));
    this.keep(chunk.subarray(start));
  }

  /** What came behind the last line feed, if anything. */
  *rest(): Generator<Line> {
    if (this.pendingBytes > 0) yield this.line();
  }

  /** Behind the last line feed: a line that has none yet may still grow. */
  place(): LinePosition {
    const hash = this.pendingBytes > 0 ? this.hashBefore : this.hash;
    return { offset: this.offset, lines: this.lines, sha256: hash.copy().digest('hex') };
  }

  private keep(piece: Buffer): void {
    this.pendingBytes += piece.length;
    if (this.pendingBytes <= MAX_LINE_BYTES) this.pending.push(piece);
    else this.pending = [];
  }

  private endLine(): Line {
    const line = this.line();
    this.offset += this.pendingBytes + 1;
    this.lines += 1;
    this.pending = [];
    this.pendingBytes = 0;
    return line;
  }

  private line(): Line {
    const number = this.lines + 1;
    if (this.pendingBytes > MAX_LINE_BYTES) return { number, bytes: undefined };
    const bytes = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
    return { number, bytes: trimmed(bytes, number === 1) };
  }
}

/** Without what some systems put at the end of a line and at the beginning of a file. */
function trimmed(bytes: Buffer, isFirst: boolean): Buffer {
  const start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  return bytes.subarray(start, end);
}
