import { type Consumption, type EventLog, type LogRecord, type Position } from '#event-sourcing';
import {
  counter,
  isOutage,
  type Logger,
  type Namespace,
  type Postgres,
  prepared,
  type Queryable,
  together,
} from '#platform';
import { moveCheckpoint, readCheckpoints, StaleOwner } from './checkpoints.js';
import { type Fold, type Write } from './fold.js';
import { prepareGeneration } from './generation.js';

const applied = counter('projected_records_total', 'Records applied to the views', ['fold']);
const stale = counter('stale_checkpoints_total', 'Commits refused because another owner had moved on', ['fold']);

interface Surroundings {
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly namespace: Namespace;
  readonly logger: Logger;
}

/**
 * Feeds a fold from its topic: shares the partitions with the other projectors of its group and applies each
 * partition in order, a transaction a batch, for as long as the process lives.
 *
 * A server that is down is waited for, with the position held. Anything else that a fold throws ends the consumption.
 */
export async function project(fold: Fold, around: Surroundings): Promise<Consumption> {
  const { log, postgres, namespace } = around;
  await prepareGeneration(postgres, namespace, fold, await log.extents(fold.topic.name));
  return follow(fold, around, { group: namespace.group(fold.name), channel: namespace.views(fold.name) });
}

/** Who feeds a generation of the views: the one that `postgres` finds by bare names. */
export interface Feed {
  /** The group of consumers that share its partitions. */
  readonly group: string;
  /** Where commits are announced; nowhere when left out. */
  readonly channel?: string;
}

/** As `project`, for a generation that is there. */
export async function follow(fold: Fold, around: Surroundings, feed: Feed): Promise<Consumption> {
  const { log, postgres } = around;
  return log.consume({
    topic: fold.topic.name,
    group: feed.group,
    startAt: async (partitions) => {
      const checkpoints = await untilItWorks(
        around,
        () => true,
        () => readCheckpoints(postgres, fold),
      );
      return new Map(partitions.map((partition) => [partition, checkpoints.get(partition) ?? 0]));
    },
    apply: async (partition, records, stillOwned) => {
      try {
        await applyInBatches({ fold, around, feed, partition }, records, stillOwned);
      } catch (error) {
        // Whoever owns the partition now begins at the checkpoint; what went wrong here is no longer of interest.
        if (stillOwned()) throw error;
      }
    },
  });
}

/** Who applies the records of one partition. */
interface Owner {
  readonly fold: Fold;
  readonly around: Surroundings;
  readonly feed: Feed;
  readonly partition: number;
}

/** Each batch is prepared while the one before it is written. */
async function applyInBatches(owner: Owner, records: readonly LogRecord[], stillOwned: () => boolean): Promise<void> {
  const { fold, around, partition } = owner;
  let prepared = prepareBatch(fold, partition, records.slice(0, fold.batch));
  for (let start = 0; start < records.length && stillOwned(); start += fold.batch) {
    const batch = prepared;
    prepared = prepareBatch(fold, partition, records.slice(start + fold.batch, start + 2 * fold.batch));
    await untilItWorks(around, stillOwned, () => applyBatch(owner, batch));
  }
}

interface Batch {
  readonly records: readonly LogRecord[];
  /** What writes it: worked out ahead for the first call, anew for another. */
  write(): Promise<Write>;
}

function prepareBatch(fold: Fold, partition: number, records: readonly LogRecord[]): Batch {
  const prepare = async () => fold.prepare(partition, records);
  let ahead = records.length > 0 ? prepare() : undefined;
  // Whoever writes the batch will hear of it.
  ahead?.catch(() => undefined);
  const write = () => {
    const prepared = ahead ?? prepare();
    ahead = undefined;
    return prepared;
  };
  return { records, write };
}

async function applyBatch(owner: Owner, batch: Batch): Promise<void> {
  const { fold, partition } = owner;
  try {
    await commitBatch(owner, batch);
  } catch (error) {
    if (!(error instanceof StaleOwner)) throw error;
    stale.inc({ fold: fold.name });
    owner.around.logger.warn({ fold: fold.name, partition }, 'a commit was refused: another owner had moved on');
    const rest = await notYetApplied(owner, batch.records);
    if (rest.length > 0) await commitBatch(owner, prepareBatch(fold, partition, rest));
  }
}

async function commitBatch({ fold, around, feed, partition }: Owner, { records, write }: Batch): Promise<void> {
  const from = records[0]!.offset;
  const to = records.at(-1)!.offset + 1;
  const writeTo = await write();
  const afterCommit = await around.postgres.transaction(async (connection) => {
    const tx = prepared(connection);
    await together([moveCheckpoint(tx, fold, partition, from, to), announce(tx, feed, partition, to)]);
    return writeTo(tx);
  });
  applied.inc({ fold: fold.name }, records.length);
  await afterCommit?.();
}

/** Told when the transaction commits, and not if it does not. */
async function announce(tx: Queryable, { channel }: Feed, partition: number, to: Position): Promise<void> {
  if (channel !== undefined) await tx.query('SELECT pg_notify($1, $2)', [channel, `${partition}:${to}`]);
}

/**
 * What is left of a batch when the checkpoint is not where it begins: nothing when the commit had worked and only its
 * answer was lost, or when another owner was faster. A checkpoint before the batch means that the views were replaced
 * underneath; only a new start at the checkpoint is right then.
 */
async function notYetApplied(
  { fold, around, partition }: Owner,
  batch: readonly LogRecord[],
): Promise<readonly LogRecord[]> {
  const position = (await readCheckpoints(around.postgres, fold)).get(partition);
  const first = batch[0]!.offset;
  if (position === undefined || position < first) {
    throw new Error(`the checkpoint of ${fold.name}/${partition} fell back to ${position} while at ${first}`);
  }
  return batch.filter(({ offset }) => offset >= position);
}

/** Tries again, ever more slowly, while a server is down and the partition is still ours. */
async function untilItWorks<T>(
  { logger }: Surroundings,
  stillOwned: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || !stillOwned()) throw error;
      logger.warn({ err: error }, `a server does not answer; trying again in ${wait} ms`);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

// Serialization failure, deadlock, and a transaction that was ended for having been idle: it was undone and may be
// tried again as it is.
const TRY_AGAIN = new Set(['40001', '40P01', '25P03']);

function isTransient(error: unknown): boolean {
  return isOutage(error) || TRY_AGAIN.has(String((error as { code?: unknown }).code));
}
