import { type EventLog, type LogRecord, type Position } from '#event-sourcing';
import { type Logger, type Namespace, type Postgres, prepared, together } from '#platform';
import { moveCheckpoint, StaleOwner } from './checkpoints.js';
import { waitingKeyOf, readParked } from './dead-letters.js';
import { type Fold, type Write } from './fold.js';

export interface ProjectorContext {
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly namespace: Namespace;
  readonly logger: Logger;
  /** How many records of a fold may be set aside and wait before the projector stops instead (10,000). */
  readonly maxDeadLetters?: number;
}

/** How a generation of the views is fed: the one that `postgres` finds by bare names. */
export interface Feed {
  /** The group of consumers that share its partitions. */
  readonly group: string;
  /** Where commits are announced; nowhere when left out. */
  readonly channel?: string;
  /** Called behind each commit. */
  readonly onCommit?: () => void;
}

/** Who applies the records of one partition. */
export interface Owner {
  readonly fold: Fold;
  readonly context: ProjectorContext;
  readonly feed: Feed;
  readonly partition: number;
  /** The parked keys as last known; undefined when they have to be read. */
  parked: ParkedKeys | undefined;
}

let states = 0;

/** The keys of a partition that wait at one position of it, in one generation of the views. */
export class ParkedKeys {
  /** Another one as soon as the keys change. */
  state = ++states;
  private readonly keys: Set<string>;

  constructor(
    public position: Position,
    keys: Iterable<string>,
    readonly generation: string,
  ) {
    this.keys = new Set(keys);
  }

  has(record: LogRecord): boolean {
    return this.keys.size > 0 && this.keys.has(waitingKeyOf(record));
  }

  /** The checkpoint was moved, and these keys began or ceased to wait. */
  moved(to: Position, { began = [], ceased = [] }: { began?: readonly string[]; ceased?: readonly string[] } = {}) {
    this.position = to;
    for (const key of began) this.keys.add(key);
    for (const key of ceased) this.keys.delete(key);
    if (began.length + ceased.length > 0) this.state = ++states;
  }
}

/**
 * The keys that wait where the checkpoint is at `position`. They change with the checkpoint alone, so what is known of
 * them is right if the checkpoint is still there when it is moved. Throws `StaleOwner` where it is not there now.
 */
export async function parkedAt(owner: Owner, position: Position): Promise<ParkedKeys> {
  if (owner.parked?.position === position) return owner.parked;
  const { fold, context, partition } = owner;
  const found = await readParked(context.postgres, fold.name, partition);
  if (found?.position !== position) throw new StaleOwner(fold, partition, position);
  return (owner.parked = new ParkedKeys(position, found.keys, found.generation));
}

/**
 * Moves the checkpoint and writes, in one transaction, and announces it. Throws `StaleOwner`, and what `write` throws. To write
 * begins before it is known that the checkpoint was there, since what is read is read behind its lock, and all is undone where
 * it was not.
 */
export async function commit(owner: Owner, from: Position, to: Position, write: Write): Promise<void> {
  const { fold, context, feed, partition } = owner;
  const move = { partition, from, to, generation: owner.parked?.generation, channel: feed.channel };
  const afterCommit = await context.postgres.transaction(async (connection) => {
    const tx = prepared(connection);
    const moved = moveCheckpoint(tx, fold, move);
    const written = write(tx);
    await together([moved, written]);
    return written;
  });
  feed.onCommit?.();
  await afterCommit?.(from, to);
}
