import { hash } from 'node:crypto';
import { type Line, type LineReader, MAX_LINE_BYTES, type LinePosition } from './ndjson-lines.js';

/** A line that did not get in. */
export interface RefusedLine {
  readonly number: number;
  readonly code: string;
  readonly detail: string;
}

/** What is sent in one request. */
export interface Batch {
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
const OPEN = 0x7b;
const CLOSE = 0x7d;

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
  let collected = new Collected();
  for await (const chunk of input) {
    for (const line of reader.linesIn(chunk)) {
      collected.add(line, source);
      if (!collected.isFull(size)) continue;
      yield collected.batch(reader.place());
      collected = new Collected();
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

  add({ number, bytes }: Line, source: string): void {
    if (bytes === undefined) {
      this.refused.push({ number, code: 'too-large', detail: `a line takes at most ${MAX_LINE_BYTES} bytes` });
      return;
    }
    if (isBlank(bytes)) return;
    const withId = partsWithId(bytes, number, source);
    if (withId) this.named += 1;
    this.numbers.push(number);
    this.parts.push(...(withId ?? [bytes]), FEED);
    this.bytes += bytes.length;
  }

  isFull({ lines, bytes }: BatchSize): boolean {
    return this.numbers.length + this.refused.length >= lines || this.bytes >= bytes;
  }

  batch(place: LinePosition): Batch {
    const { numbers, named, refused } = this;
    return { numbers, named, refused, place, body: Buffer.concat(this.parts) };
  }
}

/** What the service skips as blank. */
function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** A line with an id put in, all else as it is; undefined where it has one, or is none that could have. */
function partsWithId(line: Buffer, number: number, source: string): Buffer[] | undefined {
  const lacking = lacksId(line);
  if (!lacking) return undefined;
  const id = hash('sha256', Buffer.concat([Buffer.from(JSON.stringify([source, number])), line]), 'hex').slice(0, 32);
  if (lacking === 'none') return [Buffer.from(`{"id":"${id}",`), line.subarray(line.indexOf(OPEN) + 1)];
  // Of a name that is given twice, the last one is what a reader has.
  const close = line.lastIndexOf(CLOSE);
  return [line.subarray(0, close), Buffer.from(`,"id":"${id}"`), line.subarray(close)];
}

/** How an object with other fields lacks an id; the service tells what is wrong with anything else. */
function lacksId(line: Buffer): 'none' | 'null' | undefined {
  try {
    const value: unknown = JSON.parse(line.toString());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const isGiven = Object.hasOwn(value, 'id');
    if (Object.keys(value).length === Number(isGiven)) return undefined;
    if (!isGiven) return 'none';
    return (value as { id: unknown }).id === null ? 'null' : undefined;
  } catch {
    return undefined;
  }
}
