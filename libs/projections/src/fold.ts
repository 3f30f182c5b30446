import { type LogRecord, type Topic } from '#event-sourcing';
import { type FoldName, type Transaction } from '#platform';

/** What a fold feeds, as far as readers have to know. */
export interface FoldViews {
  /** Its Postgres schema, consumer group and announcements are named after it, and after the version of the views. */
  readonly name: FoldName;
  readonly topic: Topic;
  /** Creates the views' tables and indexes, by their bare names, in an empty schema. */
  readonly tables: string;
}

/**
 * What turns one topic into views: a function of the records and of what the views hold at the records' start, nothing
 * else. The same log gives the same rows, ids and verdicts at every replay.
 */
export interface Fold extends FoldViews {
  /** How many records one transaction takes at most. */
  readonly batch: number;
  /** Works out what depends on the records alone, which goes on while the batch before is being written. */
  prepare(partition: number, records: readonly LogRecord[]): Promise<Write>;
}

/**
 * Writes what a batch of records changes, in the transaction that moves the checkpoint; again, should that be undone.
 * What it returns runs after the commit, for what follows from the views elsewhere (Redis); it may be lost with the
 * process and must not throw.
 */
export type Write = (tx: Transaction) => Promise<AfterCommit | void>;

export type AfterCommit = () => Promise<void>;
