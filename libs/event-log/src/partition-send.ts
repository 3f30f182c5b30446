import { LogUnavailable } from '#event-sourcing';
import { type RecordMetadata } from 'kafkajs';
import { type Chunk } from './pending-append.js';
import { type PreparedTopic } from './prepared-topic.js';

/** What one send holds of a partition. */
export class PartitionSend {
  readonly topic: string;
  readonly partition: number;
  private readonly stored: (base: number, count: number) => void;

  constructor(
    readonly chunks: readonly Chunk[],
    prepared: PreparedTopic,
  ) {
    ({ topic: this.topic, partition: this.partition } = chunks[0]!);
    this.stored = prepared.sending(this.partition);
  }

  /**
   * Acknowledges what the broker says that it has stored. kafkajs leaves out what belongs to a partition that it does not
   * know of, and calls the send a success: what the answer does not name has failed. Returns whether all is well.
   */
  settle(answers: readonly RecordMetadata[]): boolean {
    try {
      const answer = answers.find(
        ({ topicName, partition }) => topicName === this.topic && partition === this.partition,
      );
      const base = answer?.errorCode === 0 ? Number(answer.baseOffset) : Number.NaN;
      if (!(base >= 0)) throw new Error(`the broker's answer does not name ${this.topic}/${this.partition}`);
      this.stored(
        base,
        this.chunks.reduce((sum, { records }) => sum + records.length, 0),
      );
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
