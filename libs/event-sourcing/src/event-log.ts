/** A partition's position: the offset of the next record, so 0 is its start and the end is the high-water mark. */
export type Position = number;

/** A position of each partition, by the partition's number. */
export type Positions = ReadonlyMap<number, Position>;

/** A record as it is asked to be stored. Records of one key keep their order and share a partition. */
export interface NewRecord {
  readonly key: string;
  readonly value: string | Buffer;
}

/** A record as it stands in the log. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: Buffer;
  /** When the log took it, in milliseconds since the epoch: the only clock that folds know. */
  readonly time: number;
}

export interface Topic {
  readonly name: string;
  /** Fixed when the topic is created: another number would move keys to other partitions. */
  readonly partitions: number;
}

/** The records of a partition that are stored: `low` is the first offset, `high` the position behind the last. */
export interface Extent {
  readonly low: Position;
  readonly high: Position;
}

/** The extent of each partition, by the partition's number. */
export type Extents = ReadonlyMap<number, Extent>;

/** One owner a partition: what a group of consumers does with the records of a topic. */
export interface Subscription {
  readonly topic: string;
  /** Consumers of the same group share the partitions among them. */
  readonly group: string;
  /** Where to begin with partitions that were just assigned. The log keeps no positions of its own. */
  startAt(partitions: readonly number[]): Promise<Positions>;
  /**
   * Takes the next records of one partition: contiguous, in order, beginning where `startAt` said or the previous call
   * ended. Partitions run side by side, calls of one partition one after the other. A throw ends the consumption, but
   * `StartAgain`, after which `startAt` is asked anew.
   * `stillOwned` turns false when the partition has gone to another consumer: stop then, without an error.
   */
  apply(partition: number, records: readonly LogRecord[], stillOwned: () => boolean): Promise<void>;
}

export interface Consumption {
  /** Resolves when the consumer has joined its group and knows its partitions. */
  readonly joined: Promise<void>;
  /** Resolves after `stop`; rejects with the reason when the consumer died, after which nothing more is applied. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** The log: topics of partitions of records, appended once and kept for ever. */
export interface EventLog {
  /**
   * Creates what is missing of these topics, and waits for the log where it does not answer yet; throws `LogMismatch` where one
   * exists with other partitions, `LogUnavailable` when the log did not answer for too long.
   */
  prepare(topics: readonly Topic[]): Promise<void>;
  /**
   * Resolves when every record is on all in-sync replicas; throws `LogUnavailable` when that is not known. A record
   * may then be in the log all the same, so whoever appends it again must mark it (command id, activity id). A topic that is
   * no longer the one that was prepared takes no records.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  /**
   * Throws `LogMismatch` where the topic is missing or no longer the one that was prepared, `LogUnavailable` where the log
   * does not answer.
   */
  extents(topic: string): Promise<Extents>;
  /** The partition that records of this key go to; the topic has been prepared. */
  partitionOf(topic: string, key: string): number;
  consume(subscription: Subscription): Promise<Consumption>;
  /** Ends consumers first, then sends what was collected, then disconnects. */
  close(): Promise<void>;
}

/** The log did not confirm an append in time: it may be down, full, or the answer was lost. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** What was applied is not there any more: the partition goes on where `startAt` says by now. */
export class StartAgain extends Error {
  override readonly name = 'StartAgain';
}

/** A topic or a checkpoint does not fit the log: somebody has to look, nothing was changed. */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

/** Under this token an application provides its `EventLog`. */
export const EVENT_LOG = Symbol('EVENT_LOG');
