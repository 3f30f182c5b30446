import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { IdempotentProducer } from './idempotent-producer.js';
import {
  CONNECT_TIMEOUT_MS,
  DISCONNECT_TIMEOUT_MS,
  kafkaCluster,
  type KafkaOptions,
  REQUEST_TIMEOUT_MS,
} from './kafka-client.js';
import { partitionSends } from './partition-send.js';
import { type PreparedTopic } from './prepared-topic.js';
import { type Chunk, SendQueue } from './send-queue.js';
import { backoffMs, within } from '#platform';

const SEND_TIMEOUT_MS = REQUEST_TIMEOUT_MS + 2_000;
const MAX_BACKOFF_MS = 1_000;

/** What the producer needs from the log. */
export interface ProducerHooks {
  prepared(topic: string): PreparedTopic;
  /** A send to these topics was not confirmed: they are checked for the reason. */
  onDoubt(topics: ReadonlySet<string>): void;
  /** Called for every chunk that leaves the queue, stored or not. */
  onLeave(chunk: Chunk): void;
}

/**
 * One idempotent producer with one send in flight, and a new one after every failed send: what is collected meanwhile is the
 * next send, and no batch can bear the sequence numbers of one that may be stored (ADR 0003).
 */
export class SequentialProducer {
  private readonly queue = new SendQueue();
  private producer: IdempotentProducer | undefined;
  private busy = false;
  private idle: Promise<void> = Promise.resolve();
  private readonly retired = new Set<Promise<void>>();

  constructor(
    private readonly options: KafkaOptions,
    private readonly hooks: ProducerHooks,
  ) {}

  add(chunk: Chunk): void {
    this.queue.add(chunk);
    if (!this.busy) this.idle = this.run();
  }

  /** Sends what is queued, then disconnects. */
  async close(): Promise<void> {
    await this.idle;
    if (this.producer) this.retire(this.producer);
    await Promise.all(this.retired);
  }

  private async run(): Promise<void> {
    this.busy = true;
    let failures = 0;
    while (!this.queue.isEmpty) {
      const producer = await this.connected();
      // Collects what other requests append in this turn of the event loop.
      await turn();
      this.queue.removeFailed().forEach((chunk) => this.hooks.onLeave(chunk));
      if (producer) await this.send(producer, this.queue.take());
      // Not `retry`: appends that time out meanwhile empty the queue, which ends the loop.
      else if (!this.queue.isEmpty) await pause(backoffMs(failures, 50, MAX_BACKOFF_MS));
      failures = producer ? 0 : failures + 1;
    }
    this.busy = false;
  }

  /** The producer; undefined when the log cannot be reached. */
  private async connected(): Promise<IdempotentProducer | undefined> {
    if (this.producer) return this.producer;
    const producer = new IdempotentProducer(kafkaCluster(this.options));
    try {
      await within(CONNECT_TIMEOUT_MS, producer.connect());
      this.producer = producer;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'the log cannot be reached for appends');
      this.retire(producer);
    }
    return this.producer;
  }

  private async send(producer: IdempotentProducer, chunks: Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const parts = partitionSends(chunks, (topic) => this.hooks.prepared(topic));
    try {
      const answers = await within(SEND_TIMEOUT_MS, producer.send(parts));
      const failed = parts.filter((part) => !part.settle(answers));
      if (failed.length > 0) this.doubt(producer, chunks);
    } catch (error) {
      this.doubt(producer, chunks);
      for (const part of parts) part.fail(error);
    }
    for (const chunk of chunks) this.hooks.onLeave(chunk);
  }

  private doubt(producer: IdempotentProducer, chunks: readonly Chunk[]): void {
    this.retire(producer);
    this.hooks.onDoubt(new Set(chunks.map(({ topic }) => topic)));
  }

  /** Disconnects in the background: an answer that never comes would block the queue. */
  private retire(producer: IdempotentProducer): void {
    if (this.producer === producer) this.producer = undefined;
    const gone: Promise<void> = within(DISCONNECT_TIMEOUT_MS, producer.disconnect())
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'a producer did not disconnect'))
      .finally(() => this.retired.delete(gone));
    this.retired.add(gone);
  }
}
