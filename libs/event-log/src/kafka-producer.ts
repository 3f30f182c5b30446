import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { backoffMs, within } from '#platform';
import {
  CONNECT_TIMEOUT_MS,
  DISCONNECT_TIMEOUT_MS,
  kafkaClient,
  type KafkaOptions,
  REQUEST_TIMEOUT_MS,
} from './kafka-client.js';
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
/** A send of fewer bytes goes as it is: a compressor for each of its partitions costs more than the bytes it saves. */
const WORTH_COMPRESSING = 32 * 1024;

/** More waits for the log than may be held in memory: nothing of the append was sent. */
export class LogOverloaded extends LogUnavailable {}

/**
 * One idempotent producer with one send in flight. kafkajs gives sequence numbers back when a send fails, so a
 * following batch would bear the numbers of one that is stored and be acknowledged as its duplicate, and lost: hence
 * never a second send at once, no send of kafkajs's own again, and a new producer after every failed send. A second
 * producer beside it would only make smaller sends, each of which has its cost (ADR 0003).
 */
export class KafkaProducer {
  private readonly kafka: Kafka;
  private readonly queue = new SendQueue();
  /** The bytes of all that is queued or being sent. */
  private collected = 0;
  private producer: Producer | undefined;
  /** Until the queue is empty; undefined while it is. */
  private sending: Promise<void> | undefined;
  private readonly retired = new Set<Promise<void>>();
  private closed = false;

  constructor(
    private readonly options: KafkaOptions,
    private readonly topics: Pick<PreparedTopics, 'get' | 'writable' | 'check'>,
  ) {
    this.kafka = kafkaClient(options);
  }

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
  private async connected(): Promise<Producer | undefined> {
    if (this.producer) return this.producer;
    const producer = newProducer(this.kafka);
    try {
      await within(CONNECT_TIMEOUT_MS, producer.connect());
      this.producer = producer;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'the log cannot be reached for appends');
      this.retire(producer);
    }
    return this.producer;
  }

  private async send(producer: Producer, byPartition: readonly Chunk[][]): Promise<void> {
    if (byPartition.length === 0) return;
    const parts = byPartition.map((chunks) => new PartitionSend(chunks, this.topics.get(chunks[0]!.topic)));
    const chunks = byPartition.flat();
    const byTopic = Map.groupBy(parts, ({ topic }) => topic);
    try {
      const sending = producer.sendBatch({
        acks: -1,
        timeout: REQUEST_TIMEOUT_MS,
        compression: compressionOf(chunks),
        topicMessages: [...byTopic].map(([topic, parts]) => ({ topic, messages: messagesOf(parts) })),
      });
      const answers = await within(SEND_TIMEOUT_MS, sending);
      const failed = parts.filter((part) => !part.settle(answers));
      if (failed.length > 0) this.doubt(producer, byTopic.keys());
    } catch (error) {
      this.doubt(producer, byTopic.keys());
      for (const part of parts) part.fail(error);
    }
    this.letGo(chunks);
  }

  /** These are stored, or never will be. */
  private letGo(chunks: readonly Chunk[]): void {
    this.collected -= bytesOf(chunks);
  }

  /** A send to these topics was not confirmed: they are checked for the reason. */
  private doubt(producer: Producer, topics: Iterable<string>): void {
    this.retire(producer);
    for (const topic of topics) void this.topics.check(topic);
  }

  /** Disconnects in the background: an answer that never comes would block the queue. */
  private retire(producer: Producer): void {
    if (this.producer === producer) this.producer = undefined;
    const gone: Promise<void> = within(DISCONNECT_TIMEOUT_MS, producer.disconnect())
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'a producer did not disconnect'))
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

const bytesOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { bytes }) => sum + bytes, 0);

function compressionOf(chunks: readonly Chunk[]): kafkajs.CompressionTypes {
  return bytesOf(chunks) < WORTH_COMPRESSING ? kafkajs.CompressionTypes.None : kafkajs.CompressionTypes.ZSTD;
}

/** In one array from the start: to join one of each part takes three times as long. */
function messagesOf(parts: readonly PartitionSend[]): Message[] {
  const messages: Message[] = [];
  for (const { partition, chunks } of parts) {
    for (const { records } of chunks) for (const { key, value } of records) messages.push({ key, value, partition });
  }
  return messages;
}
