import {
  type Consumption,
  type EventLog,
  type Extent,
  type LogRecord,
  LogUnavailable,
  type NewRecord,
  type Position,
  type Subscription,
  type Topic,
} from '#event-sourcing';

interface Reader {
  readonly subscription: Subscription;
  readonly positions: Map<number, Position>;
}

/**
 * A log in memory that gives its records to every consumer before an append is answered, so that a test decides what
 * is delivered when. Consumers do not share partitions: two of one group are two owners who both think they are the one.
 */
export class MemoryLog implements EventLog {
  private readonly topics = new Map<string, LogRecord[][]>();
  private readonly readers = new Set<Reader>();
  private delivering: Promise<void> = Promise.resolve();
  /** The time of what is appended next, in milliseconds since the epoch. */
  clock: () => number = Date.now;
  /** What is appended stays in the log until `deliver` is called. */
  paused = false;
  isDown = false;

  async prepare(topics: readonly Topic[]): Promise<void> {
    for (const { name, partitions } of topics) this.partitionsOf(name, partitions);
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (this.isDown) throw new LogUnavailable('the log is down');
    for (const record of records) this.store(topic, record);
    if (!this.paused) await this.deliver();
  }

  /** Brings every consumer to the end of the log. */
  deliver(): Promise<void> {
    this.delivering = this.delivering.then(async () => {
      for (const reader of this.readers) await this.bringUp(reader, 500);
    });
    return this.delivering;
  }

  async extents(topic: string): Promise<Map<number, Extent>> {
    return new Map(this.partitionsOf(topic).map((records, partition) => [partition, { low: 0, high: records.length }]));
  }

  partitionOf(topic: string, key: string): number {
    let hash = 0;
    for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    return hash % this.partitionsOf(topic).length;
  }

  /** Everything in a topic, partition by partition. */
  recordsOf(topic: string): LogRecord[] {
    return this.partitionsOf(topic).flat();
  }

  async consume(subscription: Subscription): Promise<Consumption> {
    const partitions = this.partitionsOf(subscription.topic).map((_, partition) => partition);
    const reader = { subscription, positions: new Map(await subscription.startAt(partitions)) };
    this.readers.add(reader);
    await this.deliver();
    const ended = Promise.withResolvers<void>();
    const stop = async () => {
      this.readers.delete(reader);
      ended.resolve();
    };
    return { joined: Promise.resolve(), ended: ended.promise, stop };
  }

  async close(): Promise<void> {
    this.readers.clear();
  }

  private store(topic: string, { key, value }: NewRecord): void {
    const partition = this.partitionOf(topic, key);
    const records = this.partitionsOf(topic)[partition]!;
    records.push({ partition, offset: records.length, key, value: Buffer.from(value as string), time: this.clock() });
  }

  private async bringUp({ subscription, positions }: Reader, batch: number): Promise<void> {
    for (const [partition, records] of this.partitionsOf(subscription.topic).entries()) {
      for (let at = positions.get(partition) ?? 0; at < records.length; at = positions.get(partition)!) {
        const next = records.slice(at, at + batch);
        await subscription.apply(partition, next, () => true);
        positions.set(partition, at + next.length);
      }
    }
  }

  private partitionsOf(topic: string, partitions = 8): LogRecord[][] {
    const known = this.topics.get(topic) ?? Array.from({ length: partitions }, () => []);
    this.topics.set(topic, known);
    return known;
  }
}
