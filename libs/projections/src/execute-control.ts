import { type LogRecord } from '#event-sourcing';
import { counter, prepared } from '#platform';
import { moveCheckpoint } from './checkpoints.js';
import { type Control, readControl } from './controls.js';
import {
  isKnownControl,
  markDead,
  markDropped,
  NOT_TRIED,
  noteControl,
  readWaiting,
  type SetAside,
  deleteApplied,
} from './dead-letters.js';
import { mayBeTheRecord, reasonOf, retryTransient } from './faults.js';
import { Unreadable } from './fold.js';
import { commit, type Owner, parkedAt } from './owner.js';

const executed = counter('controls_total', 'Retries and skips that were carried out', ['fold', 'kind']);
const unknown = counter('unknown_controls_total', 'Records that begin like a control and are none', ['fold']);

/**
 * Executes a control at its position in the log. Waiting records are applied as they were in the log, in order, up to
 * the first one that still fails; that one and the later ones of its key go on waiting.
 */
export async function executeControl(owner: Owner, record: LogRecord, stillOwned: () => boolean): Promise<void> {
  const { fold, context } = owner;
  const control = readControl(record);
  await retryTransient(context.logger, stillOwned, async () => {
    const parked = await parkedAt(owner, record.offset);
    const plan = control && (await planOf(owner, record, control));
    const left = plan ? await takeUp(owner, record, plan) : await passBy(owner, record, control);
    parked.moved(record.offset + 1, { ceased: plan && !left ? [plan.control.key] : [] });
  });
  if (control) executed.inc({ fold: fold.name, kind: control.control });
  else unknown.inc({ fold: fold.name });
}

interface Plan {
  readonly control: Control;
  readonly dropped?: LogRecord;
  /** The waiting records to apply, in order. */
  readonly taken: readonly LogRecord[];
  /** The dead letter that the key waits behind afterwards; without one the key is free. */
  readonly left?: SetAside;
}

/** Undefined where there is nothing to do: another control has done it, or the same one that was sent twice. */
async function planOf(owner: Owner, record: LogRecord, control: Control): Promise<Plan | undefined> {
  const { fold, context, partition } = owner;
  const { key, limit } = control;
  if (await isKnownControl(context.postgres, fold.name, record, control)) return undefined;
  const waiting = await readWaiting(context.postgres, fold.name, { partition, key }, limit + 1);
  const first = waiting[0];
  if (first === undefined) return undefined;
  if (control.control === 'retry') return planFor(control, waiting);
  return first.offset === control.position ? { ...planFor(control, waiting.slice(1)), dropped: first } : undefined;
}

function planFor(control: Control, waiting: readonly LogRecord[]): Plan {
  const next = waiting[control.limit];
  return {
    control,
    taken: waiting.slice(0, control.limit),
    ...(next && { left: { record: next, reason: NOT_TRIED } }),
  };
}

/** The position moves on, and nothing else changes. */
async function passBy(owner: Owner, record: LogRecord, control: Control | undefined): Promise<undefined> {
  const write = await owner.fold.prepare(owner.partition, []);
  await commit(owner, record.offset, record.offset + 1, async (tx) => {
    if (control) await noteControl(tx, owner.fold.name, record, control);
    return write(tx);
  });
}

/** Resolves to the dead letter that the key waits behind now. */
async function takeUp(owner: Owner, record: LogRecord, plan: Plan): Promise<SetAside | undefined> {
  try {
    await store(owner, record, plan);
    return plan.left;
  } catch (error) {
    if (!mayBeTheRecord(error) || plan.taken.length === 0) throw error;
    const { upTo, reason } = await firstFailure(owner, record, plan.taken, error);
    const left = { record: plan.taken[upTo - 1]!, reason };
    await store(owner, record, { ...plan, taken: plan.taken.slice(0, upTo - 1), left });
    return left;
  }
}

async function store(owner: Owner, record: LogRecord, { control, dropped, taken, left }: Plan): Promise<void> {
  const { fold, partition } = owner;
  const write = await fold.prepare(partition, taken);
  await commit(owner, record.offset, record.offset + 1, async (tx) => {
    await noteControl(tx, fold.name, record, control);
    await deleteApplied(tx, fold.name, taken);
    if (dropped) await markDropped(tx, fold.name, dropped, record.offset);
    if (left) await markDead(tx, fold.name, left);
    if (dropped) await fold.drop?.(dropped)(tx);
    return write(tx);
  });
}

/** So many of the first records can't be applied together, because of the last of them. */
interface Failure {
  readonly upTo: number;
  readonly reason: string;
}

/** Finds the first record that can't be applied, by attempts that are all undone. */
async function firstFailure(
  owner: Owner,
  record: LogRecord,
  taken: readonly LogRecord[],
  error: unknown,
): Promise<Failure> {
  let failure = failureOf(taken, error);
  for (let good = 0; failure.upTo - good > 1;) {
    const middle = Math.floor((good + failure.upTo) / 2);
    const failed = await attempt(owner, record, taken.slice(0, middle));
    if (failed) failure = failed;
    else good = middle;
  }
  return failure;
}

function failureOf(records: readonly LogRecord[], error: unknown): Failure {
  if (!(error instanceof Unreadable)) return { upTo: records.length, reason: reasonOf(error) };
  const index = records.findIndex((record) => error.reasons.has(record));
  return { upTo: index + 1, reason: error.reasons.get(records[index]!)! };
}

class Undone extends Error {}

/** Why these records can't be applied; undefined where they can. Nothing is changed. */
async function attempt(owner: Owner, { offset }: LogRecord, records: readonly LogRecord[]) {
  const { fold, context, partition } = owner;
  try {
    const write = await fold.prepare(partition, records);
    await context.postgres.transaction(async (connection) => {
      const tx = prepared(connection);
      await moveCheckpoint(tx, fold, { partition, from: offset, to: offset + 1, generation: owner.parked?.generation });
      await write(tx);
      await tx.answered();
      // What is only checked at a commit counts too.
      await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
      throw new Undone();
    });
    return undefined;
  } catch (error) {
    if (error instanceof Undone) return undefined;
    if (!mayBeTheRecord(error)) throw error;
    return failureOf(records, error);
  }
}
