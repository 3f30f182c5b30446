import { hash } from 'node:crypto';
import { type Line, type LineReader, MAX_LINE_BYTES, type LinePosition } from './ndjson-lines.js';
import { type RefusedLine } from './line-tally.js';

/** What is sent in one request. */
export interface Batch {
  /** Its place among the batches, from 0. */
  readonly index: number;
  /** The number of each line in `body`, in its order. */
  readonly numbers: readonly number[];
  readonly body: Buffer;
  /** How many of the lines were given an id. */
  readonly named: number;
  /** Lines that are not worth sending. */
  readonly refused: readonly RefusedLine[];
  /** Behind all its lines, and behind those of all batches before. */
  readonly place: LinePosition;
}

/** How much goes into one request, at most but for its last line. */
export interface BatchSize {
  readonly lines: number;
  readonly bytes: number;
}

const FEED = Buffer.from('\n');
const BRACE = 0x7b;

/**
 * The lines of an input as bodies of requests. Those without an id get one of their number and bytes, so that the same
 * line at the same place is the same activity, and an equal line at another place is another one; `source` tells
 * inputs apart that may have equal lines at equal places.
 */
export async function* batchesOf(
  input: AsyncIterable<Buffer>,
  reader: LineReader,
  size: BatchSize,
  source = '',
): AsyncGenerator<Batch> {
  let collected = new Collected(0);
  for await (const chunk of input) {
    for (const line of reader.linesIn(chunk)) {
      collected.add(line, source);
      if (!collected.isFull(size)) continue;
      yield collected.batch(reader.place());
      collected = new Collected(collected.index + 1);
    }
  }
  for (const line of reader.rest()) collected.add(line, source);
  yield collected.batch(reader.place());
}

class Collected {
  private readonly numbers: number[] = [];
  private readonly parts: Buffer[] = [];
  private readonly refused: RefusedLine[] = [];
  private bytes = 0;
  private named = 0;

  constructor(readonly index: number) {}

  add({ number, bytes }: Line, source: string): void {
    if (bytes === undefined) {
      this.refused.push({ number, code: 'too-large', detail: `a line takes at most ${MAX_LINE_BYTES} bytes` });
      return;
    }
    if (isBlank(bytes)) return;
    const start = startWithId(bytes, number, source);
    if (start) this.named += 1;
    this.numbers.push(number);
    this.parts.push(...(start ? [start.head, start.rest] : [bytes]), FEED);
    this.bytes += bytes.length;
  }

  isFull({ lines, bytes }: BatchSize): boolean {
    return this.numbers.length + this.refused.length >= lines || this.bytes >= bytes;
  }

  batch(place: LinePosition): Batch {
    const { index, numbers, named, refused } = this;
    return { index, numbers, named, refused, place, body: Buffer.concat(this.parts) };
  }
}

/** What the service skips as blank. */
function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** A line with an id put in front of its fields; undefined where it has one, or is none that could have. */
function startWithId(line: Buffer, number: number, source: string): { head: Buffer; rest: Buffer } | undefined {
  if (!lacksId(line)) return undefined;
  const brace = line.indexOf(BRACE);
  const id = hash('sha256', Buffer.concat([Buffer.from(JSON.stringify([source, number])), line]), 'hex').slice(0, 32);
  return { head: Buffer.from(`{"id":"${id}",`), rest: line.subarray(brace + 1) };
}

/** True of an object without an id but with other fields; the service tells what is wrong with anything else. */
function lacksId(line: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(line.toString());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return !Object.hasOwn(value, 'id') && Object.keys(value).length > 0;
  } catch {
    return false;
  }
}
