import { LogUnavailable } from '#event-sourcing';
import { type RecordMetadata } from 'kafkajs';
import { type PreparedTopic } from './prepared-topic.js';
import { type Chunk } from './send-queue.js';

/** What one send holds of a partition. */
export class PartitionSend {
  readonly chunks: Chunk[] = [];
  private readonly stored: (base: number, count: number) => void;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    prepared: PreparedTopic,
  ) {
    this.stored = prepared.sending(partition);
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
      this.stored(base, this.count);
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
