import { type Consumption, type LogRecord, type Position } from '#event-sourcing';
import { counter } from '#platform';
import { readCheckpoints, StaleOwner } from './checkpoints.js';
import { carryOut } from './carry-out.js';
import { isControl } from './controls.js';
import { keepAside } from './dead-letters.js';
import { mayBeTheRecord, reasonOf, untilItWorks } from './faults.js';
import { type Fold, RecordTooNew, StopProjection } from './fold.js';
import { onceThere } from './generation-wait.js';
import { prepareGeneration } from './generation.js';
import { commit, type Feed, type Owner, parkedAt, type Surroundings } from './owner.js';
import { keysOf, type Sorted, sortOut } from './sorting.js';

const applied = counter('projected_records_total', 'Records applied to the views', ['fold']);
const stale = counter('stale_checkpoints_total', 'Commits refused because another owner had moved on', ['fold']);
const setAside = counter('records_set_aside_total', 'Records that could not be applied, or wait behind one', ['fold']);

const DEFAULT_MOST = 10_000;

/**
 * Feeds a fold from its topic: shares the partitions with the other projectors of its group and applies each
 * partition in order, a transaction a batch, for as long as the process lives.
 *
 * A server that is down is waited for, with the position held, and so are views that a replay has to build first. A record
 * that can't be applied is set aside as a dead letter, and what follows of its key behind it, while all others go on
 * (ADR 0013, 0017). What stops a projector ends the consumption: `StopProjection`, too many dead letters, and what is wrong with
 * the views as a whole.
 */
export async function project(fold: Fold, around: Surroundings): Promise<Consumption> {
  const { log, postgres, namespace, logger } = around;
  const prepare = async () => prepareGeneration(postgres, namespace, fold, await log.extents(fold.topic.name));
  const feed = { group: namespace.group(fold.name), channel: namespace.views(fold.name) };
  return onceThere(prepare, () => follow(fold, around, feed), logger);
}

/** As `project`, for a generation that is there. */
export async function follow(fold: Fold, around: Surroundings, feed: Feed): Promise<Consumption> {
  const { log, postgres, logger } = around;
  const owners = new Map<number, Owner>();
  let stopped = false;
  const consumption = await log.consume({
    topic: fold.topic.name,
    group: feed.group,
    startAt: async (partitions) => {
      const checkpoints = await untilItWorks(
        logger,
        () => !stopped,
        () => readCheckpoints(postgres, fold),
      );
      for (const partition of partitions) owners.set(partition, { fold, around, feed, partition, parked: undefined });
      return new Map(partitions.map((partition) => [partition, checkpoints.get(partition) ?? 0]));
    },
    apply: async (partition, records, stillOwned) => {
      const owner = owners.get(partition) ?? { fold, around, feed, partition, parked: undefined };
      owners.set(partition, owner);
      try {
        await applyInBatches(owner, records, stillOwned);
      } catch (error) {
        // Whoever owns the partition now begins at the checkpoint; what went wrong here is no longer of interest.
        if (stillOwned()) throw error;
      }
    },
  });
  const { joined } = consumption;
  const over = () => void (stopped = true);
  // Whoever closes the log ends it as well.
  const ended = consumption.ended.finally(over);
  const stop = () => {
    over();
    return consumption.stop();
  };
  return { joined, ended, stop };
}

/** Each batch is prepared while the one before it is written. */
async function applyInBatches(owner: Owner, records: readonly LogRecord[], stillOwned: () => boolean): Promise<void> {
  const batches = cut(records, owner.fold.batch);
  let ahead = prepareAhead(owner, batches[0]);
  for (const [index, batch] of batches.entries()) {
    if (!stillOwned()) return;
    const prepared = ahead;
    ahead = prepareAhead(owner, batches[index + 1]);
    await applyBatch(owner, batch, stillOwned, prepared);
  }
}

/** Parts of at most so many records; what operators ask for stands alone, since it sees what came before it. */
function cut(records: readonly LogRecord[], most: number): LogRecord[][] {
  const batches: LogRecord[][] = [];
  let batch: LogRecord[] = [];
  let alone = false;
  for (const record of records) {
    const isAlone = isControl(record);
    if (isAlone || alone || batch.length === 0 || batch.length === most) batches.push((batch = []));
    batch.push(record);
    alone = isAlone;
  }
  return batches;
}

/** A batch as it was sorted out and prepared while certain keys waited. */
interface Ahead {
  readonly state: number;
  readonly sorted: Promise<Sorted>;
}

function prepareAhead(owner: Owner, batch: readonly LogRecord[] | undefined): Ahead | undefined {
  if (batch === undefined || owner.parked === undefined || isControl(batch[0]!)) return undefined;
  const sorted = sortOut(owner, batch, owner.parked);
  // Whoever writes the batch will hear of it.
  sorted.catch(() => undefined);
  return { state: owner.parked.state, sorted };
}

/** Goes on where the checkpoint is when another owner has moved it, or when the answer of a commit was lost. */
async function applyBatch(
  owner: Owner,
  batch: readonly LogRecord[],
  stillOwned: () => boolean,
  ahead: Ahead | undefined,
): Promise<void> {
  const { fold, around, partition } = owner;
  for (let rest = batch; rest.length > 0 && stillOwned();) {
    try {
      if (isControl(rest[0]!)) return await carryOut(owner, rest[0]!, stillOwned);
      return await applyPart(owner, rest, { stillOwned, ahead });
    } catch (error) {
      if (!(error instanceof StaleOwner)) throw error;
      stale.inc({ fold: fold.name });
      around.logger.warn({ fold: fold.name, partition }, 'a commit was refused: another owner had moved on');
      ahead = undefined;
      owner.parked = undefined;
      const left = rest;
      rest = await untilItWorks(around.logger, stillOwned, () => notYetApplied(owner, left));
    }
  }
}

interface Turn {
  readonly stillOwned: () => boolean;
  readonly ahead?: Ahead;
  /** A single record, tried once more before it is set aside. */
  readonly again?: boolean;
}

/** Applies records as one batch; where that fails, in halves, until the record that can't be applied is known. */
async function applyPart(owner: Owner, records: readonly LogRecord[], turn: Turn): Promise<void> {
  try {
    await applySorted(owner, records, turn);
  } catch (error) {
    if (error instanceof RecordTooNew) await applyBefore(owner, records, error.at, turn);
    if (!mayBeTheRecord(error)) throw error;
    const [record] = records;
    if (turn.again) {
      owner.around.logger.error({ err: error, partition: record!.partition, position: record!.offset }, 'set aside');
      return applySorted(owner, records, turn, new Map([[record!, reasonOf(error)]]));
    }
    for (const half of halvesOf(records)) {
      if (turn.stillOwned()) await applyPart(owner, half, { stillOwned: turn.stillOwned, again: half.length === 1 });
    }
  }
}

/** Nobody who sent something earlier waits for this code to be updated. */
async function applyBefore(
  owner: Owner,
  records: readonly LogRecord[],
  record: LogRecord | undefined,
  { stillOwned }: Turn,
): Promise<void> {
  const before = records.slice(
    0,
    Math.max(
      0,
      records.findIndex((one) => one === record),
    ),
  );
  if (before.length > 0) await applyPart(owner, before, { stillOwned });
}

function halvesOf(records: readonly LogRecord[]): (readonly LogRecord[])[] {
  const middle = Math.floor(records.length / 2);
  return middle === 0 ? [records] : [records.slice(0, middle), records.slice(middle)];
}

/** Applies what does not wait, and sets aside what does, and what is bad for one of these reasons. */
async function applySorted(
  owner: Owner,
  records: readonly LogRecord[],
  turn: Turn,
  reasons?: ReadonlyMap<LogRecord, string>,
): Promise<void> {
  const { fold, around, partition } = owner;
  const from = records[0]!.offset;
  const to = records.at(-1)!.offset + 1;
  let { ahead } = turn;
  await untilItWorks(around.logger, turn.stillOwned, async () => {
    const parked = await parkedAt(owner, from);
    const prepared = ahead?.state === parked.state ? ahead.sorted : sortOut(owner, records, parked, reasons);
    // What it worked out is good for one attempt.
    ahead = undefined;
    const { live, aside, write } = await prepared;
    await commit(owner, from, to, async (tx) => {
      await keepAside(tx, fold.name, partition, aside, around.maxDeadLetters ?? DEFAULT_MOST);
      return write(tx);
    });
    parked.moved(to, { began: keysOf(aside) });
    applied.inc({ fold: fold.name }, live.length);
    setAside.inc({ fold: fold.name }, aside.length);
  });
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
  const position: Position | undefined = (await readCheckpoints(around.postgres, fold)).get(partition);
  const first = batch[0]!.offset;
  if (position === undefined || position < first) {
    throw new StopProjection(`the checkpoint of ${fold.name}/${partition} fell back to ${position} while at ${first}`);
  }
  return batch.filter(({ offset }) => offset >= position);
}
