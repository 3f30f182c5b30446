import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventLog, type Position } from '#event-sourcing';
import { type FoldName, type Postgres, type Queryable } from '#platform';
import { type Control, encodeControl } from './controls.js';
import { NOT_TRIED } from './dead-letters.js';
import { type FoldViews } from './fold.js';

/** A record that could not be applied, or that waits behind one (without a reason). */
export interface DeadLetter {
  readonly partition: number;
  readonly position: Position;
  readonly key: string;
  /** When the log took it, in milliseconds since the epoch. */
  readonly time: number;
  readonly reason: string | null;
  /** How many records of its key wait behind it. */
  readonly behind: number;
  /** The position of the skip that dropped it for good. */
  readonly droppedAt: Position | null;
}

export interface Wanted {
  /** Keys of this environment alone. */
  readonly environment?: string;
  readonly key?: string;
  /** Those that were dropped, in place of those that wait. */
  readonly dropped?: boolean;
  readonly limit: number;
}

const COLUMNS = (fold: FoldName) => `
  partition, position, key, time, reason, dropped_at AS "droppedAt",
  CASE WHEN dropped_at IS NULL THEN (
    SELECT count(*) FROM ${fold}_dead_letters behind WHERE behind.partition = letter.partition
      AND behind.key = letter.key AND behind.position > letter.position AND behind.dropped_at IS NULL
  ) ELSE 0 END AS behind`;

/** The dead letters of a fold in the order of the log, one a key. */
export async function listDeadLetters(db: Queryable, fold: FoldName, wanted: Wanted): Promise<DeadLetter[]> {
  const { environment = null, key = null, dropped = false, limit } = wanted;
  const { rows } = await db.query<DeadLetter>(
    `SELECT ${COLUMNS(fold)} FROM ${fold}_dead_letters letter
     WHERE reason IS NOT NULL AND dropped_at IS ${dropped ? 'NOT NULL' : 'NULL'}
       AND ($1::text IS NULL OR key = $1 OR starts_with(key, $1 || '/')) AND ($2::text IS NULL OR key = $2)
     ORDER BY partition, position LIMIT $3`,
    [environment, key, limit],
  );
  return rows;
}

/** A record that was set aside, with its bytes. */
export async function showDeadLetter(
  db: Queryable,
  fold: FoldName,
  partition: number,
  position: Position,
): Promise<(DeadLetter & { readonly value: Buffer }) | undefined> {
  const { rows } = await db.query<DeadLetter & { value: Buffer }>(
    `SELECT ${COLUMNS(fold)}, value FROM ${fold}_dead_letters letter WHERE partition = $1 AND position = $2`,
    [partition, position],
  );
  return rows[0];
}

/** The result of a control: nothing waits any more, more records wait for another retry, or a record failed (again). */
export interface Outcome {
  readonly key: string;
  readonly result: 'applied' | 'more' | 'failed';
  /** The dead letter that the key waits behind now. */
  readonly letter?: DeadLetter;
}

/** Where controls are appended, and where their results can be read. */
export interface Operator {
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly fold: FoldViews;
  /** Who asks. */
  readonly by: string;
  /** How long to wait for a projector to execute a control, in milliseconds. */
  readonly patience?: number;
}

/** No projector has executed the control yet; it is in the log and will be executed. */
export class ControlPending extends Error {
  override readonly name = 'ControlPending';
}

const PATIENCE_MS = 60_000;
const ASK_EVERY_MS = 50;

/**
 * Retries the keys of these dead letters, at most `limit` records of each, and returns the results.
 * Throws `ControlPending`.
 */
export function retryDeadLetters(
  operator: Operator,
  letters: readonly DeadLetter[],
  limit: number,
): Promise<Outcome[]> {
  return ask(operator, letters, ({ key }) => ({ control: 'retry', key, limit }));
}

/** Drops this dead letter for good and applies what waits behind it. Throws `ControlPending`. */
export async function skipDeadLetter(operator: Operator, letter: DeadLetter, limit: number): Promise<Outcome> {
  const [outcome] = await ask(operator, [letter], ({ key, position }) => ({ control: 'skip', key, position, limit }));
  return outcome!;
}

async function ask(
  operator: Operator,
  letters: readonly DeadLetter[],
  requestFor: (letter: DeadLetter) => Omit<Control, 'id' | 'by'>,
): Promise<Outcome[]> {
  const { log, fold, by } = operator;
  const { name: topic } = fold.topic;
  const ids = letters.map(() => randomUUID());
  await log.prepare([fold.topic]);
  const records = letters.map((letter, at) => ({
    key: keyInto(log, topic, letter),
    value: encodeControl({ id: ids[at]!, ...requestFor(letter), by }),
  }));
  await log.append(topic, records);
  await untilExecuted(operator, ids);
  return Promise.all(letters.map((letter) => outcomeOf(operator, letter)));
}

/** The record's own key, or another one of the partition where its key does not lead there. */
function keyInto(log: EventLog, topic: string, { partition, key }: DeadLetter): string {
  if (log.partitionOf(topic, key) === partition) return key;
  for (let n = 0; ; n += 1) {
    const other = `control/${n}`;
    if (log.partitionOf(topic, other) === partition) return other;
  }
}

async function untilExecuted({ postgres, fold, patience = PATIENCE_MS }: Operator, ids: readonly string[]) {
  const until = Date.now() + patience;
  for (;;) {
    const { rows } = await postgres.query<{ done: number }>(
      `SELECT count(DISTINCT id) AS done FROM ${fold.name}_controls WHERE id = ANY ($1::uuid[])`,
      [ids],
    );
    if (rows[0]!.done === ids.length) return;
    if (Date.now() > until) {
      throw new ControlPending(
        `No projector of ${fold.name} has come to it yet: it stands in the log and will be carried out.`,
      );
    }
    await pause(ASK_EVERY_MS);
  }
}

async function outcomeOf({ postgres, fold }: Operator, { partition, key }: DeadLetter): Promise<Outcome> {
  const letters = await listDeadLetters(postgres, fold.name, { key, limit: fold.topic.partitions });
  const letter = letters.find((found) => found.partition === partition);
  if (letter === undefined) return { key, result: 'applied' };
  return { key, result: letter.reason === NOT_TRIED ? 'more' : 'failed', letter };
}
