import { type Extents, LogMismatch, LogUnavailable, type Position, type Topic } from '#event-sourcing';
import { type KafkaOptions } from './kafka-client.js';
import { type KafkaTopics } from './kafka-topics.js';

/**
 * A topic as this process prepared it, with the position that each partition is known to reach. Anybody may delete a topic
 * and make another one of its name, and what kafkajs is told of topics has no ids: it is another one where it has other
 * partitions, or ends before what was seen of it (ADR 0016).
 */
export class PreparedTopic {
  readonly partitions: number;
  private readonly name: string;
  private readonly ends: Position[];
  private mismatch: LogMismatch | undefined;

  constructor({ name, partitions }: Topic, extents: Extents) {
    this.name = name;
    this.partitions = partitions;
    this.ends = Array.from({ length: partitions }, (_, partition) => extents.get(partition)?.high ?? 0);
  }

  /** @throws LogMismatch once it was found to be another topic, for good */
  assertSame(): void {
    if (this.mismatch) throw this.mismatch;
  }

  /**
   * Called before records are sent to a partition; what it returns, when the log says at which position it stored so many.
   * The latter throws `LogMismatch` where the partition had records there already.
   */
  sending(partition: number): (base: Position, count: number) => void {
    const end = this.endOf(partition);
    return (base, count) => {
      if (base < end) this.refuse(`partition ${partition} takes record ${base}, and had ${end} before`);
      this.moveTo(partition, base + count);
    };
  }

  /** What `ask` answers of the topic. @throws LogMismatch where that is another topic */
  async check(ask: () => Promise<Extents>): Promise<Extents> {
    this.assertSame();
    // Records may be stored while the answer is on its way.
    const ends = [...this.ends];
    const extents = await ask();
    if (extents.size !== this.partitions) this.refuse(`it had ${this.partitions} partitions and has ${extents.size}`);
    for (const [partition, end] of ends.entries()) {
      const high = extents.get(partition)?.high ?? 0;
      if (high < end) this.refuse(`partition ${partition} ends at ${high}, and had ${end} records before`);
      this.moveTo(partition, high);
    }
    return extents;
  }

  private endOf(partition: number): Position {
    return this.ends[partition] ?? 0;
  }

  private moveTo(partition: number, end: Position): void {
    this.ends[partition] = Math.max(this.endOf(partition), end);
  }

  private refuse(found: string): never {
    this.mismatch ??= new LogMismatch(
      `topic ${this.name} is not the one that was prepared at the start: ${found}. It was deleted and made anew, or has lost ` +
        'records: restore it, or restart all apps to go on with this one and build the views anew from it: "tidemark replay" says how',
    );
    throw this.mismatch;
  }
}

/** The topics that this process has prepared, each checked to be still the same. */
export class PreparedTopics {
  private readonly known = new Map<string, PreparedTopic>();

  constructor(
    private readonly topics: KafkaTopics,
    private readonly options: KafkaOptions,
  ) {}

  async prepare(wanted: readonly Topic[]): Promise<void> {
    const found = await Promise.all(wanted.map((topic) => this.topics.prepare(topic)));
    for (const [at, topic] of wanted.entries()) this.known.set(topic.name, new PreparedTopic(topic, found[at]!));
  }

  get names(): string[] {
    return [...this.known.keys()];
  }

  get(topic: string): PreparedTopic {
    const found = this.known.get(topic);
    if (!found) throw new Error(`topic ${topic} has not been prepared`);
    return found;
  }

  async extents(topic: string): Promise<Extents> {
    const ask = () => this.topics.extents(topic);
    return this.known.get(topic)?.check(ask) ?? ask();
  }

  /** Logs what is wrong with the topic, if it is no longer the one that was prepared. */
  async check(topic: string): Promise<void> {
    await this.extents(topic).catch((error: unknown) => {
      if (error instanceof LogMismatch) this.options.logger.error({ err: error }, 'appends are refused');
    });
  }

  /** @throws LogUnavailable where the topic is no longer the one that was prepared */
  writable(topic: string): PreparedTopic {
    const found = this.get(topic);
    try {
      found.assertSame();
      return found;
    } catch (cause) {
      throw new LogUnavailable('the log takes no appends', { cause });
    }
  }
}
