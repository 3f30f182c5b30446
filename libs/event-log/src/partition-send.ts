import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { type PartitionAnswer, type PartitionRecords } from './idempotent-producer.js';
import { type PreparedTopic } from './prepared-topic.js';
import { type Chunk } from './send-queue.js';

/** What one send holds of a partition. */
export class PartitionSend implements PartitionRecords {
  readonly chunks: Chunk[] = [];
  private readonly stored: (base: number, count: number) => void;

  constructor(
    readonly topic: string,
    readonly partition: number,
    prepared: PreparedTopic,
  ) {
    this.stored = prepared.sending(partition);
  }

  get records(): NewRecord[] {
    return this.chunks.flatMap(({ records }) => records);
  }

  /** Acknowledges what a broker says that it has stored; what no answer names has failed. Returns whether all is well. */
  settle(answers: readonly PartitionAnswer[]): boolean {
    const name = `${this.topic}/${this.partition}`;
    try {
      const answer = answers.find(({ topic, partition }) => topic === this.topic && partition === this.partition);
      if (!answer) throw new Error(`no broker's answer names ${name}`);
      if (answer.errorCode !== 0) throw createErrorFromCode(answer.errorCode);
      if (!(answer.baseOffset >= 0)) throw new Error(`the broker's answer has no offset for ${name}`);
      this.stored(answer.baseOffset, this.count);
      for (const { append } of this.chunks) append.acknowledge();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  fail(cause: unknown): void {
    const reason = new LogUnavailable('the log did not confirm the append', { cause });
    for (const { append } of this.chunks) append.fail(reason);
  }

  private get count(): number {
    return this.chunks.reduce((sum, { records }) => sum + records.length, 0);
  }
}

/** The chunks of a send, by their partitions. */
export function partitionSends(
  chunks: readonly Chunk[],
  prepared: (topic: string) => PreparedTopic,
): readonly PartitionSend[] {
  const sends = new Map<string, PartitionSend>();
  for (const chunk of chunks) {
    const { topic, partition } = chunk;
    const name = `${topic}/${partition}`;
    const send = sends.get(name) ?? new PartitionSend(topic, partition, prepared(topic));
    sends.set(name, send);
    send.chunks.push(chunk);
  }
  return [...sends.values()];
}
