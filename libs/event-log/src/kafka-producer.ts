import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { partitionFor } from './partitions.js';
import { PendingAppend } from './pending-append.js';
import { type ProducerHooks, SequentialProducer } from './sequential-producer.js';

/** From the call of an append to its answer. */
export const APPEND_TIMEOUT_MS = 10_000;
/** What may wait for the log before further appends are turned away. */
const MAX_COLLECTED_BYTES = 64 * 1024 * 1024;

/** More waits for the log than may be held in memory: nothing of the append was sent. */
export class LogOverloaded extends LogUnavailable {}

/**
 * Appends on their way to the log, through one producer. While a process is busy making records, two of them only make
 * smaller sends, each of which has its cost (ADR 0003).
 */
export class KafkaProducer {
  private readonly producer: SequentialProducer;
  private collected = 0;
  private closed = false;

  constructor(
    options: KafkaOptions,
    private readonly hooks: Omit<ProducerHooks, 'onLeave'>,
  ) {
    const onLeave = (chunk: { bytes: number }) => void (this.collected -= chunk.bytes);
    this.producer = new SequentialProducer(options, { ...hooks, onLeave });
  }

  /** See `EventLog.append`. @throws LogOverloaded when too much is waiting, RangeError for a record over 900 KB. */
  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (this.closed) throw new LogUnavailable('the log is closed');
    if (records.length === 0) return;
    const { partitions } = this.hooks.prepared(topic);
    const append = new PendingAppend(topic, records, (key) => partitionFor(key, partitions), APPEND_TIMEOUT_MS);
    if (this.collected + append.bytes > MAX_COLLECTED_BYTES) {
      append.fail(new LogOverloaded(`${this.collected} bytes are waiting for the log`));
      return append.done;
    }
    this.collected += append.bytes;
    for (const chunk of append.chunks) this.producer.add(chunk);
    return append.done;
  }

  /** Sends what was collected, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    await this.producer.close();
  }
}
