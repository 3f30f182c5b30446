import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { CONNECT_TIMEOUT_MS, DISCONNECT_TIMEOUT_MS, type LogSink, REQUEST_TIMEOUT_MS } from './kafka-client.js';
import { partitionSends } from './partition-send.js';
import { type PreparedTopic } from './prepared-topic.js';
import { type Chunk, SendQueue } from './send-queue.js';
import { backoffMs, within } from '#platform';

const SEND_TIMEOUT_MS = REQUEST_TIMEOUT_MS + 2_000;
const MAX_BACKOFF_MS = 1_000;
/** A send of fewer bytes goes as it is: a compressor for each of its partitions costs more than the bytes it saves. */
const WORTH_COMPRESSING = 32 * 1024;

/** What the producer needs from the log. */
export interface ProducerHooks {
  prepared(topic: string): PreparedTopic;
  /** A send to these topics was not confirmed: they are checked for the reason. */
  onDoubt(topics: ReadonlySet<string>): void;
  /** Called for every chunk that leaves the queue, stored or not. */
  onLeave(chunk: Chunk): void;
}

/**
 * One idempotent producer with one send in flight. kafkajs gives sequence numbers back when a send fails, so a
 * following batch would bear the numbers of one that is stored and be acknowledged as its duplicate, and lost: hence
 * never a second send at once, no send of kafkajs's own again, and a new producer after every failed send.
 */
export class SequentialProducer {
  private readonly queue = new SendQueue();
  private producer: Producer | undefined;
  private busy = false;
  private idle: Promise<void> = Promise.resolve();
  private readonly retired = new Set<Promise<void>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly logger: LogSink,
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
  private async connected(): Promise<Producer | undefined> {
    if (this.producer) return this.producer;
    const producer = newProducer(this.kafka);
    try {
      await within(CONNECT_TIMEOUT_MS, producer.connect());
      this.producer = producer;
    } catch (error) {
      this.logger.warn({ err: error }, 'the log cannot be reached for appends');
      this.retire(producer);
    }
    return this.producer;
  }

  private async send(producer: Producer, chunks: Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const parts = partitionSends(chunks, (topic) => this.hooks.prepared(topic));
    try {
      const batch = { acks: -1, timeout: REQUEST_TIMEOUT_MS, compression: compressionOf(chunks) };
      const sending = producer.sendBatch({ ...batch, topicMessages: messagesOf(chunks) });
      const answers = await within(SEND_TIMEOUT_MS, sending);
      const failed = parts.filter((part) => !part.settle(answers));
      if (failed.length > 0) this.doubt(producer, chunks);
    } catch (error) {
      this.doubt(producer, chunks);
      for (const part of parts) part.fail(error);
    }
    for (const chunk of chunks) this.hooks.onLeave(chunk);
  }

  private doubt(producer: Producer, chunks: readonly Chunk[]): void {
    this.retire(producer);
    this.hooks.onDoubt(new Set(chunks.map(({ topic }) => topic)));
  }

  /** Disconnects in the background: an answer that never comes would block the queue. */
  private retire(producer: Producer): void {
    if (this.producer === producer) this.producer = undefined;
    const gone: Promise<void> = within(DISCONNECT_TIMEOUT_MS, producer.disconnect())
      .catch((error: unknown) => this.logger.warn({ err: error }, 'a producer did not disconnect'))
      .finally(() => this.retired.delete(gone));
    this.retired.add(gone);
  }
}

function newProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    // None at all: kafkajs refuses 0 here, and sends again what another broker is about to store. No number is below NaN.
    retry: { retries: Number.NaN },
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
}

function compressionOf(chunks: readonly Chunk[]): kafkajs.CompressionTypes {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  return bytes < WORTH_COMPRESSING ? kafkajs.CompressionTypes.None : kafkajs.CompressionTypes.ZSTD;
}

function messagesOf(chunks: readonly Chunk[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, partition, records } of chunks) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    topics.set(topic, entry);
    for (const { key, value } of records) entry.messages.push({ key, value, partition });
  }
  return [...topics.values()];
}
