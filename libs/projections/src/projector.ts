import { type Consumption, type LogRecord, StartAgain } from '#event-sourcing';
import { counter } from '#platform';
import { readCheckpoints, StaleOwner } from './checkpoints.js';
import { executeControl } from './execute-control.js';
import { isControl } from './controls.js';
import { storeSetAside } from './dead-letters.js';
import { mayBeTheRecord, reasonOf, retryTransient } from './faults.js';
import { type Fold, RecordTooNew, StopProjection } from './fold.js';
import { startWhenReady } from './generation-wait.js';
import { prepareGeneration } from './generation.js';
import { commit, type Feed, type Owner, parkedAt, type ProjectorContext } from './owner.js';
import { keysOf, type Classified, classify } from './classification.js';
import { TableStatistics } from './table-statistics.js';

const applied = counter('projected_records_total', 'Records applied to the views', ['fold']);
const stale = counter('stale_checkpoints_total', 'Commits refused because another owner had moved on', ['fold']);
const fellBack = counter('checkpoints_fell_back_total', 'Times that Postgres had lost what was applied', ['fold']);
const setAside = counter('records_set_aside_total', 'Records that could not be applied, or wait behind one', ['fold']);

const DEFAULT_MOST = 10_000;

/**
 * Feeds a fold from its topic: shares the partitions with the other projectors of its group and applies each
 * partition in order, a transaction a batch, for as long as the process lives.
 *
 * A server that is down is waited for, with the position held, and so are views that a replay has to build first. A record
 * that can't be applied is set aside as a dead letter, and what follows of its key behind it, while all others go on
 * (ADR 0013, 0017). `StopProjection`, too many dead letters, and errors of the views as a whole end the consumption.
 */
export async function project(fold: Fold, context: ProjectorContext): Promise<Consumption> {
  const { log, postgres, namespace, logger } = context;
  const prepare = async () => prepareGeneration(postgres, namespace, fold, await log.extents(fold.topic.name));
  const views = namespace.views(fold.name);
  const statistics = new TableStatistics(postgres, views, logger);
  const feed = { group: namespace.group(fold.name), channel: views, onCommit: () => statistics.written() };
  return startWhenReady(prepare, () => follow(fold, context, feed), logger);
}

/** As `project`, for a generation that is there. */
export async function follow(fold: Fold, context: ProjectorContext, feed: Feed): Promise<Consumption> {
  const { log, postgres, logger } = context;
  const owners = new Map<number, Owner>();
  let stopped = false;
  const consumption = await log.consume({
    topic: fold.topic.name,
    group: feed.group,
    startAt: async (partitions) => {
      const checkpoints = await retryTransient(
        logger,
        () => !stopped,
        () => readCheckpoints(postgres, fold),
      );
      for (const partition of partitions) owners.set(partition, { fold, context, feed, partition, parked: undefined });
      return new Map(partitions.map((partition) => [partition, checkpoints.get(partition) ?? 0]));
    },
    apply: async (partition, records, stillOwned) => {
      const owner = owners.get(partition) ?? { fold, context, feed, partition, parked: undefined };
      owners.set(partition, owner);
      try {
        await applyInBatches(owner, records, stillOwned);
      } catch (error) {
        // The new owner starts at the checkpoint, so this failure no longer matters.
        if (stillOwned()) throw error;
      }
    },
  });
  const { joined } = consumption;
  const over = () => void (stopped = true);
  // Closing the log ends it as well.
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

/** Batches of at most `most` records; a control is a batch of its own, since it depends on what was applied before it. */
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

/** A batch as it was classified and prepared while certain keys waited. */
interface PreparedBatch {
  readonly state: number;
  readonly classified: Promise<Classified>;
}

function prepareAhead(owner: Owner, batch: readonly LogRecord[] | undefined): PreparedBatch | undefined {
  if (batch === undefined || owner.parked === undefined || isControl(batch[0]!)) return undefined;
  const classified = classify(owner, batch, owner.parked);
  // Whoever writes the batch awaits it and gets the error.
  classified.catch(() => undefined);
  return { state: owner.parked.state, classified };
}

/** Continues at the checkpoint when another owner has moved it, when the answer to a commit was lost, and when other views are live. */
async function applyBatch(
  owner: Owner,
  batch: readonly LogRecord[],
  stillOwned: () => boolean,
  ahead: PreparedBatch | undefined,
): Promise<void> {
  const { context } = owner;
  for (let rest = batch; rest.length > 0 && stillOwned();) {
    try {
      if (isControl(rest[0]!)) return await executeControl(owner, rest[0]!, stillOwned);
      return await applyPart(owner, rest, { stillOwned, ahead });
    } catch (error) {
      if (!(error instanceof StaleOwner)) throw error;
      ahead = undefined;
      owner.parked = undefined;
      const left = rest;
      rest = await retryTransient(context.logger, stillOwned, () => notYetApplied(owner, left));
      tellWhy(owner, rest.length < left.length);
    }
  }
}

/** Where nobody has moved the checkpoint it is that of other views, which a replay has put in the place of those before. */
function tellWhy({ fold, context, partition }: Owner, hasMoved: boolean): void {
  const where = { fold: fold.name, partition };
  if (!hasMoved) return context.logger.info(where, 'goes on in the views of a replay');
  stale.inc({ fold: fold.name });
  context.logger.warn(where, 'a commit was refused: another owner had moved on');
}

interface Attempt {
  readonly stillOwned: () => boolean;
  readonly ahead?: PreparedBatch;
  /** A single record, tried once more before it is set aside. */
  readonly again?: boolean;
}

/** Applies records as one batch; where that fails, in halves, until the record that can't be applied is known. */
async function applyPart(owner: Owner, records: readonly LogRecord[], attempt: Attempt): Promise<void> {
  try {
    await applyClassified(owner, records, attempt);
  } catch (error) {
    const { stillOwned, again } = attempt;
    if (error instanceof RecordTooNew) {
      // Those before it do not wait for an update of this code.
      const before = records.slice(0, Math.max(0, records.indexOf(error.at!)));
      if (before.length > 0) await applyPart(owner, before, { stillOwned });
    }
    if (!mayBeTheRecord(error)) throw error;
    if (again) {
      const [record] = records as [LogRecord];
      owner.context.logger.error({ err: error, partition: record.partition, position: record.offset }, 'set aside');
      return applyClassified(owner, records, attempt, new Map([[record, reasonOf(error)]]));
    }
    for (const half of halvesOf(records)) {
      if (stillOwned()) await applyPart(owner, half, { stillOwned, again: half.length === 1 });
    }
  }
}

function halvesOf(records: readonly LogRecord[]): (readonly LogRecord[])[] {
  const middle = Math.floor(records.length / 2);
  return middle === 0 ? [records] : [records.slice(0, middle), records.slice(middle)];
}

/** Applies what does not wait, and sets aside what waits or is unreadable for one of `reasons`. */
async function applyClassified(
  owner: Owner,
  records: readonly LogRecord[],
  attempt: Attempt,
  reasons?: ReadonlyMap<LogRecord, string>,
): Promise<void> {
  const { fold, context } = owner;
  const from = records[0]!.offset;
  const to = records.at(-1)!.offset + 1;
  let { ahead } = attempt;
  await retryTransient(context.logger, attempt.stillOwned, async () => {
    const parked = await parkedAt(owner, from);
    const prepared = ahead?.state === parked.state ? ahead.classified : classify(owner, records, parked, reasons);
    // A prepared batch can be used once.
    ahead = undefined;
    const { live, aside, write } = await prepared;
    await commit(owner, from, to, async (tx) => {
      await storeSetAside(tx, fold.name, aside, context.maxDeadLetters ?? DEFAULT_MOST);
      return write(tx);
    });
    parked.moved(to, { began: keysOf(aside) });
    applied.inc({ fold: fold.name }, live.length);
    setAside.inc({ fold: fold.name }, aside.length);
  });
}

/**
 * What is left of a batch when the checkpoint is not where it begins: nothing when the commit had worked and only its
 * answer was lost, or when another owner was faster. A checkpoint before the batch means that the server lost commits, with
 * all that came of them, as in a crash or a failover: throws `StartAgain`, since the log has it all (ADR 0042).
 */
async function notYetApplied(
  { fold, context, partition }: Owner,
  batch: readonly LogRecord[],
): Promise<readonly LogRecord[]> {
  const position = (await readCheckpoints(context.postgres, fold)).get(partition);
  const first = batch[0]!.offset;
  const where = `the checkpoint of ${fold.name}/${partition}`;
  if (position === undefined) throw new StopProjection(`${where} is gone that was at ${first}`);
  if (position >= first) return batch.filter(({ offset }) => offset >= position);
  fellBack.inc({ fold: fold.name });
  context.logger.warn({ fold: fold.name, partition, position, first }, 'the views fell back, and go on from there');
  throw new StartAgain(`${where} fell back to ${position} while at ${first}`);
}
