import { LogUnavailable, type NewRecord } from '#event-sourcing';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { type PartitionAnswer, type PartitionRecords } from './idempotent-producer.js';
import { type Chunk } from './pending-append.js';
import { type PreparedTopic } from './prepared-topic.js';

/** What one send holds of a partition. */
export class PartitionSend implements PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly NewRecord[];
  private readonly stored: (base: number, count: number) => void;

  constructor(
    readonly chunks: readonly Chunk[],
    prepared: PreparedTopic,
  ) {
    ({ topic: this.topic, partition: this.partition } = chunks[0]!);
    this.records = chunks.flatMap(({ records }) => records);
    this.stored = prepared.sending(this.partition);
  }

  /** Acknowledges what a broker says that it has stored; what no answer names has failed. Returns whether all is well. */
  settle(answers: readonly PartitionAnswer[]): boolean {
    const name = `${this.topic}/${this.partition}`;
    try {
      const answer = answers.find(({ topic, partition }) => topic === this.topic && partition === this.partition);
      if (!answer) throw new Error(`no broker's answer names ${name}`);
      if (answer.errorCode !== 0) throw createErrorFromCode(answer.errorCode);
      if (!(answer.baseOffset >= 0)) throw new Error(`the broker's answer has no offset for ${name}`);
      this.stored(answer.baseOffset, this.records.length);
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
}
