import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { flowFor } from './partitions.js';

/** The broker refuses a partition's batch over 1 MiB; what compression adds to bytes that cannot shrink must fit too. */
export const MAX_PARTITION_BYTES = 900_000;
/** So that encoding a send holds nobody up for long. */
export const MAX_PARTITION_RECORDS = 2_000;
/** Queues per partition that take turns, so that a key with many records delays few others. */
const FLOWS = 16;
/** What Kafka adds to each record, at most. */
const RECORD_OVERHEAD = 32;

/** Records of one append that go to one partition in one send, of keys that are of the same flow. */
export interface Chunk {
  readonly append: PendingAppend;
  readonly topic: string;
  readonly partition: number;
  readonly flow: number;
  readonly records: NewRecord[];
  bytes: number;
}

/** An append on its way: done when the log has acknowledged each of its chunks, failed with the first that it has not. */
export class PendingAppend {
  readonly chunks: readonly Chunk[];
  readonly bytes: number;
  private outstanding: number;
  private settled = false;
  private readonly result = Promise.withResolvers<void>();
  private readonly timer: NodeJS.Timeout;

  /** @throws RangeError for a record that no send can hold. */
  constructor(topic: string, records: readonly NewRecord[], partitionOf: (key: string) => number, timeoutMs: number) {
    this.chunks = cut(this, topic, records, partitionOf);
    this.bytes = this.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    this.outstanding = this.chunks.length;
    this.timer = setTimeout(
      () => this.fail(new LogUnavailable(`the log did not confirm the append in ${timeoutMs} ms`)),
      timeoutMs,
    );
  }

  get done(): Promise<void> {
    return this.result.promise;
  }

  /** It was answered already, by success or failure. */
  get isSettled(): boolean {
    return this.settled;
  }

  /** One chunk more is on all in-sync replicas. */
  acknowledge(): void {
    this.outstanding -= 1;
    if (this.outstanding === 0 && this.settle()) this.result.resolve();
  }

  fail(reason: LogUnavailable): void {
    if (this.settle()) this.result.reject(reason);
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    return true;
  }
}

function cut(
  append: PendingAppend,
  topic: string,
  records: readonly NewRecord[],
  partitionOf: (key: string) => number,
): Chunk[] {
  const chunks: Chunk[] = [];
  const open = new Map<number, Chunk>();
  for (const record of records) {
    const bytes = Buffer.byteLength(record.key) + Buffer.byteLength(record.value) + RECORD_OVERHEAD;
    if (bytes > MAX_PARTITION_BYTES)
      throw new RangeError(`a record of ${bytes} bytes: the log takes ${MAX_PARTITION_BYTES}`);
    const partition = partitionOf(record.key);
    const flow = flowFor(record.key, FLOWS);
    const queue = partition * FLOWS + flow;
    let chunk = open.get(queue);
    if (!chunk || isFull(chunk, bytes)) {
      chunk = { append, topic, partition, flow, records: [], bytes: 0 };
      open.set(queue, chunk);
      chunks.push(chunk);
    }
    chunk.records.push(record);
    chunk.bytes += bytes;
  }
  return chunks;
}

function isFull(chunk: Chunk, more: number): boolean {
  return chunk.bytes + more > MAX_PARTITION_BYTES || chunk.records.length >= MAX_PARTITION_RECORDS;
}
