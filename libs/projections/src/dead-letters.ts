import { hash } from 'node:crypto';
import { type LogRecord, type Position } from '#event-sourcing';
import { type FoldName, type Queryable } from '#platform';
import { type Control } from './controls.js';
import { StopProjection } from './fold.js';

/**
 * Tables for records that can't be applied. A key waits behind one record, the dead letter, which has the reason; the
 * later records of the key have none.
 */
export const deadLetterTables = (fold: FoldName) => `
  CREATE TABLE ${fold}_dead_letters (
    partition int NOT NULL,
    position bigint NOT NULL,
    key text NOT NULL,
    -- When the log took it, in milliseconds since the epoch.
    time bigint NOT NULL,
    value bytea NOT NULL,
    reason text,
    -- The position of what dropped it for good.
    dropped_at bigint,
    PRIMARY KEY (partition, position)
  );
  CREATE UNIQUE INDEX ${fold}_dead_letters_open ON ${fold}_dead_letters (partition, key)
    WHERE reason IS NOT NULL AND dropped_at IS NULL;
  CREATE INDEX ${fold}_dead_letters_keys ON ${fold}_dead_letters (partition, key, position) WHERE dropped_at IS NULL;

  -- What operators asked for, as the log has it: a function of the log alone.
  CREATE TABLE ${fold}_controls (
    partition int NOT NULL,
    position bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    asked_by text NOT NULL,
    PRIMARY KEY (partition, position)
  );
  CREATE INDEX ${fold}_controls_ids ON ${fold}_controls (id);
`;

/** A record that is set aside; it is a dead letter with a reason, and waits behind one without. */
export interface SetAside {
  readonly record: LogRecord;
  readonly reason: string | null;
}

/** More records can't be applied than an operator would want to look through: something else is wrong. */
export class TooManyDeadLetters extends StopProjection {
  override readonly name = 'TooManyDeadLetters';
}

/** The reason of records that were not tried, because the retry had reached its limit. */
export const NOT_TRIED = 'not tried: a retry takes a part, the rest waits for the next one';

const LONGEST_KEY = 400;

/** The key under which a record waits: it can be stored and indexed, whatever the key in the log is. */
export function waitingKeyOf({ key }: Pick<LogRecord, 'key'>): string {
  const storable = key.replaceAll('\0', '\uFFFD');
  if (storable.length <= LONGEST_KEY) return storable;
  return `${storable.slice(0, LONGEST_KEY - 65).toWellFormed()}#${hash('sha256', key, 'hex')}`;
}

/** A partition's checkpoint and the keys that wait there, as of one moment, and in which generation of the views. */
export async function readParked(
  db: Queryable,
  fold: FoldName,
  partition: number,
): Promise<{ position: Position; keys: string[]; generation: string } | undefined> {
  const { rows } = await db.query<{ position: Position; keys: string[]; generation: string }>(
    `SELECT position, (SELECT id FROM ${fold}_generation) AS generation, ARRAY (
       SELECT key FROM ${fold}_dead_letters letter
       WHERE letter.partition = checkpoint.partition AND reason IS NOT NULL AND dropped_at IS NULL
     ) AS keys
     FROM ${fold}_checkpoints checkpoint WHERE partition = $1`,
    [partition],
  );
  return rows[0];
}

/** Stores the records that are set aside. Throws `TooManyDeadLetters` where more than `most` would then be open. */
export async function storeSetAside(
  tx: Queryable,
  fold: FoldName,
  aside: readonly SetAside[],
  most: number,
): Promise<void> {
  if (aside[0] === undefined) return;
  await tx.query(
    `INSERT INTO ${fold}_dead_letters (partition, position, key, time, value, reason)
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bytea[], $6::text[])`,
    [
      aside[0].record.partition,
      aside.map(({ record }) => record.offset),
      aside.map(({ record }) => waitingKeyOf(record)),
      aside.map(({ record }) => record.time),
      aside.map(({ record }) => record.value),
      aside.map(({ reason }) => reason),
    ],
  );
  if (aside.every(({ reason }) => reason === null)) return;
  const open = await countOpen(tx, fold);
  if (open > most) {
    throw new TooManyDeadLetters(
      `${open} records of ${fold} could not be applied, which is more than TIDEMARK_MAX_DEAD_LETTERS (${most}): ` +
        'see "tidemark deadletters list"; the projector stops here until it can apply them or may set more aside',
    );
  }
}

/** How many records of a fold could not be applied and wait for somebody to look. */
export async function countOpen(db: Queryable, fold: FoldName): Promise<number> {
  const { rows } = await db.query<{ open: number }>(
    `SELECT count(*) AS open FROM ${fold}_dead_letters WHERE reason IS NOT NULL AND dropped_at IS NULL`,
  );
  return rows[0]!.open;
}

/** The keys of a fold that wait, of all partitions. */
export async function keysThatWait(db: Queryable, fold: FoldName): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ key: string }>(
    `SELECT key FROM ${fold}_dead_letters WHERE reason IS NOT NULL AND dropped_at IS NULL`,
  );
  return new Set(rows.map(({ key }) => key));
}

/** The records that wait under a key, as they were in the log: the dead letter, then at most `following` others. */
export async function readWaiting(
  db: Queryable,
  fold: FoldName,
  { partition, key }: { readonly partition: number; readonly key: string },
  following: number,
): Promise<LogRecord[]> {
  const { rows } = await db.query<Omit<LogRecord, 'partition'>>(
    `SELECT position AS "offset", key, value, time FROM ${fold}_dead_letters
     WHERE partition = $1 AND key = $2 AND dropped_at IS NULL ORDER BY position LIMIT $3`,
    [partition, key, following + 1],
  );
  return rows.map((row) => ({ ...row, partition }));
}

/** Deletes records that have been applied after all. */
export async function deleteApplied(tx: Queryable, fold: FoldName, records: readonly LogRecord[]): Promise<void> {
  if (records.length === 0) return;
  await tx.query(`DELETE FROM ${fold}_dead_letters WHERE partition = $1 AND position = ANY ($2)`, [
    records[0]!.partition,
    records.map(({ offset }) => offset),
  ]);
}

/** Marks a record as dropped for good by the control at `position`. */
export async function markDropped(
  tx: Queryable,
  fold: FoldName,
  { partition, offset }: LogRecord,
  position: Position,
): Promise<void> {
  await tx.query(`UPDATE ${fold}_dead_letters SET dropped_at = $3 WHERE partition = $1 AND position = $2`, [
    partition,
    offset,
    position,
  ]);
}

/** Makes a record the dead letter that its key waits behind. */
export async function markDead(tx: Queryable, fold: FoldName, { record, reason }: SetAside): Promise<void> {
  await tx.query(`UPDATE ${fold}_dead_letters SET reason = $3 WHERE partition = $1 AND position = $2`, [
    record.partition,
    record.offset,
    reason,
  ]);
}

/** Whether the log has the same control before this record. */
export async function isKnownControl(
  db: Queryable,
  fold: FoldName,
  { partition, offset }: LogRecord,
  { id }: Control,
): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT FROM ${fold}_controls WHERE id = $1 AND partition = $2 AND position < $3 LIMIT 1`,
    [id, partition, offset],
  );
  return rows.length > 0;
}

export async function noteControl(
  tx: Queryable,
  fold: FoldName,
  { partition, offset }: LogRecord,
  { id, control, key, by }: Control,
): Promise<void> {
  await tx.query(
    `INSERT INTO ${fold}_controls (partition, position, id, kind, key, asked_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [partition, offset, id, control, key, by],
  );
}
