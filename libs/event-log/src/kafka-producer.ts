import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { backoffMs, within } from '#platform';
import { IdempotentProducer } from './idempotent-producer.js';
import { CONNECT_TIMEOUT_MS, type KafkaOptions, REQUEST_TIMEOUT_MS } from './kafka-client.js';
import { PartitionSend } from './partition-send.js';
import { partitionFor } from './partitions.js';
import { type Chunk, PendingAppend } from './pending-append.js';
import { type PreparedTopics } from './prepared-topic.js';
import { SendQueue } from './send-queue.js';

/** From the call of an append to its answer. */
const APPEND_TIMEOUT_MS = 10_000;
const SEND_TIMEOUT_MS = REQUEST_TIMEOUT_MS + 2_000;
const MAX_BACKOFF_MS = 1_000;
/** What may wait for the log before further appends are turned away. */
const MAX_COLLECTED_BYTES = 64 * 1024 * 1024;

/** More waits for the log than may be held in memory: nothing of the append was sent. */
export class LogOverloaded extends LogUnavailable {}

/**
 * One idempotent producer with one send in flight, and a new one after every failed send: what is collected meanwhile is the
 * next send, and no batch can bear the sequence numbers of one that may be stored. A second producer beside it would only make
 * smaller sends, each of which has its cost (ADR 0003).
 */
export class KafkaProducer {
  private readonly queue = new SendQueue();
  /** The bytes of all that is queued or being sent. */
  private collected = 0;
  private producer: IdempotentProducer | undefined;
  /** Until the queue is empty; undefined while it is. */
  private sending: Promise<void> | undefined;
  private readonly retired = new Set<Promise<void>>();
  private closed = false;

  constructor(
    private readonly options: KafkaOptions,
    private readonly topics: Pick<PreparedTopics, 'get' | 'writable' | 'check' | 'names'>,
  ) {}

  /** See `EventLog.append`. @throws LogOverloaded when too much is waiting, RangeError for a record over 900 KB. */
  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const { partitions } = this.topics.writable(topic);
    if (this.closed) throw new LogUnavailable('the log is closed');
    if (records.length === 0) return;
    const append = new PendingAppend(topic, records, (key) => partitionFor(key, partitions), APPEND_TIMEOUT_MS);
    if (this.collected + append.bytes > MAX_COLLECTED_BYTES) {
      append.fail(new LogOverloaded(`${this.collected} bytes are waiting for the log`));
      return append.done;
    }
    this.collected += append.bytes;
    for (const chunk of append.chunks) this.queue.add(chunk);
    this.sending ??= this.sendAll();
    return append.done;
  }

  /** Sends what was collected, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sending;
    if (this.producer) this.retire(this.producer);
    await Promise.all(this.retired);
  }

  private async sendAll(): Promise<void> {
    let failures = 0;
    while (!this.queue.isEmpty) {
      const producer = await this.connected();
      // Collects what other requests append in this turn of the event loop.
      await turn();
      this.letGo(this.queue.removeFailed());
      if (producer) await this.send(producer, this.queue.take());
      // Not `retry`: appends that time out meanwhile empty the queue, which ends the loop.
      else if (!this.queue.isEmpty) await pause(backoffMs(failures, 50, MAX_BACKOFF_MS));
      failures = producer ? 0 : failures + 1;
    }
    this.sending = undefined;
  }

  /** The producer; undefined when the log cannot be reached. */
  private async connected(): Promise<IdempotentProducer | undefined> {
    if (this.producer) return this.producer;
    const producer = new IdempotentProducer(this.options);
    try {
      await within(CONNECT_TIMEOUT_MS, producer.connect(this.topics.names));
      this.producer = producer;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'the log cannot be reached for appends');
      this.retire(producer);
    }
    return this.producer;
  }

  private async send(producer: IdempotentProducer, byPartition: readonly Chunk[][]): Promise<void> {
    if (byPartition.length === 0) return;
    const parts = byPartition.map((chunks) => new PartitionSend(chunks, this.topics.get(chunks[0]!.topic)));
    const chunks = byPartition.flat();
    const topics = new Set(parts.map(({ topic }) => topic));
    try {
      const answers = await within(SEND_TIMEOUT_MS, producer.send(parts));
      const failed = parts.filter((part) => !part.settle(answers));
      if (failed.length > 0) this.doubt(producer, topics);
    } catch (error) {
      this.doubt(producer, topics);
      for (const part of parts) part.fail(error);
    }
    this.letGo(chunks);
  }

  /** These are stored, or never will be. */
  private letGo(chunks: readonly Chunk[]): void {
    this.collected -= bytesOf(chunks);
  }

  /** A send to these topics was not confirmed: they are checked for the reason. */
  private doubt(producer: IdempotentProducer, topics: Iterable<string>): void {
    this.retire(producer);
    for (const topic of topics) void this.topics.check(topic);
  }

  /** Disconnects in the background: an answer that never comes would block the queue. */
  private retire(producer: IdempotentProducer): void {
    if (this.producer === producer) this.producer = undefined;
    const gone: Promise<void> = producer.disconnect().finally(() => this.retired.delete(gone));
    this.retired.add(gone);
  }
}

const bytesOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { bytes }) => sum + bytes, 0);
