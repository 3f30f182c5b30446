import { type LogUnavailable, type NewRecord } from '#event-sourcing';

/** The broker refuses a partition's batch over 1 MiB; what compression adds to bytes that cannot shrink must fit too. */
export const MAX_PARTITION_BYTES = 900_000;
/** A whole send: enough to keep the line busy, and short enough to be answered long before a caller gives up. */
export const MAX_SEND_BYTES = 8 * 1024 * 1024;
/** kafkajs sorts the records of a send by partition in quadratic time. */
export const MAX_PARTITION_RECORDS = 2_000;
/** What Kafka and kafkajs add to each record, at most. */
const RECORD_OVERHEAD = 32;

/** Who waits for the records of a chunk to be stored. */
export interface Waiter {
  /** It was answered already, by success or failure. */
  readonly isSettled: boolean;
  acknowledge(): void;
  fail(reason: LogUnavailable): void;
}

/** Records of one append that go to one partition in one send. */
export interface Chunk {
  readonly append: Waiter;
  readonly topic: string;
  readonly partition: number;
  readonly records: NewRecord[];
  bytes: number;
}

/** The size of a record as a send counts it. */
export function sizeOf(record: NewRecord): number {
  return Buffer.byteLength(record.key) + Buffer.byteLength(record.value) + RECORD_OVERHEAD;
}

/**
 * What was collected while a send was in flight. Chunks of a partition leave in the order they came; partitions take
 * turns, so that a long one holds no other up.
 */
export class SendQueue {
  private readonly waiting = new Map<string, Chunk[]>();

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  add(chunk: Chunk): void {
    const lane = `${chunk.topic}/${chunk.partition}`;
    const chunks = this.waiting.get(lane);
    if (chunks) chunks.push(chunk);
    else this.waiting.set(lane, [chunk]);
  }

  /** Takes the chunks of the next send out of the queue. */
  take(): Chunk[] {
    const send: Chunk[] = [];
    let bytes = 0;
    for (const [lane, chunks] of [...this.waiting]) {
      const taken = chunks.splice(0, fitting(chunks, MAX_SEND_BYTES - bytes));
      for (const chunk of taken) {
        bytes += chunk.bytes;
        send.push(chunk);
      }
      this.waiting.delete(lane);
      if (chunks.length > 0) this.waiting.set(lane, chunks);
      if (bytes >= MAX_SEND_BYTES) break;
    }
    return send;
  }

  /** Takes out the chunks of appends that have failed already: sending the rest of them would leave a gap. */
  removeFailed(): Chunk[] {
    const removed: Chunk[] = [];
    for (const [lane, chunks] of [...this.waiting]) {
      const live = chunks.filter((chunk) => !chunk.append.isSettled);
      if (live.length === chunks.length) continue;
      removed.push(...chunks.filter((chunk) => chunk.append.isSettled));
      if (live.length > 0) this.waiting.set(lane, live);
      else this.waiting.delete(lane);
    }
    return removed;
  }
}

/** How many of a partition's chunks one send holds: always one, so that nothing can be stuck. */
function fitting(chunks: readonly Chunk[], room: number): number {
  let bytes = 0;
  let records = 0;
  let count = 0;
  for (const chunk of chunks) {
    bytes += chunk.bytes;
    records += chunk.records.length;
    if (count > 0 && (bytes > Math.min(room, MAX_PARTITION_BYTES) || records > MAX_PARTITION_RECORDS)) break;
    count += 1;
  }
  return count;
}
