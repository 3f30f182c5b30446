import { type LogRecord, type Position, type Topic } from '#event-sourcing';
import { type FoldName, type Transaction } from '#platform';

/** What a fold feeds, as far as readers have to know. */
export interface FoldViews {
  /** Its Postgres schema, consumer group and announcements are named after it, and after the version of the views. */
  readonly name: FoldName;
  readonly topic: Topic;
  /** Creates the views' tables with the keys that the fold itself needs, by their bare names, in an empty schema. */
  readonly tables: string;
  /** Tables of these that mean something together with others alone: a replay compares a view that joins them. */
  readonly joined?: readonly string[];
  /** Creates the indexes that queries alone need; a replay makes them when the tables are full. */
  readonly indexes: string;
}

/**
 * What turns one topic into views: a function of the records and of what the views hold at the records' start, nothing
 * else. The same log gives the same rows, ids and verdicts at every replay.
 */
export interface Fold extends FoldViews {
  /** How many records one transaction takes at most. */
  readonly batch: number;
  /**
   * Works out what depends on the records alone, which goes on while the batch before is being written. The records are
   * in order but not without gaps, and there may be none: what waits behind a dead letter is left out, and comes later.
   * `passed` are all records that the checkpoint moves past, for what depends on the log's time: the same whatever
   * waits, and in a check of one environment.
   *
   * Throws `Unreadable` for records that are none of the fold's, `StopProjection` where nothing may be passed over.
   * Errors of the language that it or its write throws, and values that Postgres refuses, are narrowed down to a record;
   * whatever else is thrown is waited for as an outage (ADR 0017).
   */
  prepare(partition: number, records: readonly LogRecord[], passed?: readonly LogRecord[]): Promise<Write>;
  /** What is written where an operator drops a record for good, which is then never applied. */
  drop?(record: LogRecord): Write;
}

/**
 * Writes what a batch of records changes, in the transaction that moves the checkpoint; again, should that be undone.
 * What it returns runs after the commit, for what follows from the views elsewhere (Redis); it may be lost with the
 * process and must not throw.
 */
export type Write = (tx: Transaction) => Promise<AfterCommit | void>;

/** Is told from where to where the checkpoint of the partition has moved. */
export type AfterCommit = (from: Position, to: Position) => Promise<void>;

/** These records can't be read, each for its reason. They are set aside, and all others go on. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(readonly reasons: ReadonlyMap<LogRecord, string>) {
    super(reasons.values().next().value);
  }
}

/** The projector must stop here with this sentence for the operator, and hold its position. */
export class StopProjection extends Error {
  override readonly name: string = 'StopProjection';
}

/**
 * A record that newer code wrote: to pass over it would lose it. What stands before it is applied, and a projector of that code
 * goes on with it.
 */
export class RecordTooNew extends StopProjection {
  override readonly name = 'RecordTooNew';

  /** `what` it is, without anything that may be personal. */
  constructor(
    what: string,
    readonly at?: LogRecord,
  ) {
    const place = at ? `at position ${at.offset} of partition ${at.partition}` : 'in the log';
    super(`${what} ${place} was written by newer code than this: update the projector, which goes on from there`);
  }
}
