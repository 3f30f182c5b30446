import { type FoldName, type Postgres, type Queryable } from '#platform';
import { type Fold } from '../fold.js';

/** A fold as a replay runs it: without notifications, and with a faster way to load a long log. */
export interface ReplayedFold {
  /** Applies what comes while the replay goes on. */
  readonly fold: Fold;
  readonly load: Load;
  readonly derived?: DerivedData;
}

/** How the log is read that is there when a replay begins. The views come out as if the fold itself had read it. */
export interface Load {
  /** Its `tables` are those that it writes to, with no more keys than it needs for that. */
  readonly fold: Fold;
  /** What makes the views of what was loaded, keys and indexes included: one step after the other. */
  readonly finish: readonly (readonly Work[])[];
}

/** Statements of one transaction, which runs concurrently with others of its step. */
export interface Work {
  readonly sql: string;
  /** The index that is there once it is done, and then it is passed by. */
  readonly makes?: string;
  /** The table that is gone once it is done. Without either, it can be done again. */
  readonly takes?: string;
}

/** Data outside of Postgres that follows from a generation of the views and belongs to it. */
export interface DerivedData {
  /** Makes it of the generation that `views` finds by bare names, which does not move meanwhile. */
  build(views: Postgres): Promise<void>;
  /** Where it differs from the live views, which `live` finds by their bare names, standing at the same positions. */
  compare(live: Queryable, views: Postgres): Promise<Difference[]>;
  /** Deletes what belongs to no generation of these ids. */
  keepOnly(generations: readonly string[]): Promise<void>;
}

/** A difference between the new views and the live ones. */
export interface Difference {
  readonly view: FoldName;
  readonly table: string;
  /** Null where a table knows no environments. */
  readonly environment: string | null;
  /** How many rows there are. */
  readonly live: number;
  readonly built: number;
  /** The first few of the rows that differ, by their keys, and how. */
  readonly rows: readonly string[];
}

/** What a comparison looked at, and what it found. */
export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
}

/** How far a replay is. */
export interface ReplayProgress {
  readonly view: FoldName;
  readonly phase: 'loading' | 'indexing' | 'catching up' | 'comparing';
  /** Positions of each partition, and the one that it has to come to. */
  readonly partitions: readonly { readonly partition: number; readonly position: number; readonly end: number }[];
}

/** The replay cannot run now: another one is running, or what it needs is missing. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
}
