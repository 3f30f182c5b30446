import { hash } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { decodeActivity, decodeKey, type Owner } from '../activity.record.js';

/** A row of `activities`. Times in milliseconds since the epoch, `data` as JSON text. */
export interface ActivityRow extends Owner {
  /** 16 bytes as hex: the first of the SHA-256 of the client's id. */
  readonly identity: string;
  readonly activityId: string;
  readonly type: string;
  readonly workspaceId: number | null;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly data: string | null;
  readonly partition: number;
  readonly position: number;
}

/** A row of `activities_dead_letters`: a record that cannot be decoded, and why. */
export interface DeadLetter {
  readonly partition: number;
  readonly position: number;
  readonly reason: string;
  readonly key: string;
  readonly value: Buffer;
}

/** What records are as rows, in the order of the log: a function of the records alone. */
export function project(records: readonly LogRecord[]): { rows: ActivityRow[]; deadLetters: DeadLetter[] } {
  const rows: ActivityRow[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of records) {
    const row = rowOf(record);
    if (typeof row === 'string') deadLetters.push(deadLetterOf(record, row));
    else rows.push(row);
  }
  return { rows, deadLetters };
}

function rowOf({ partition, offset, key, value, time }: LogRecord): ActivityRow | string {
  const owner = decodeKey(key);
  if (owner === undefined) return 'the key is not environment/user';
  const activity = decodeActivity(value);
  if (typeof activity === 'string') return activity;
  return {
    ...owner,
    identity: hash('sha256', activity.id, 'hex').slice(0, 32),
    activityId: activity.id,
    type: activity.type,
    workspaceId: activity.workspace ?? null,
    occurredAt: activity.occurredAt,
    receivedAt: time,
    data: activity.data ? JSON.stringify(activity.data) : null,
    partition,
    position: offset,
  };
}

function deadLetterOf({ partition, offset, key, value }: LogRecord, reason: string): DeadLetter {
  // Postgres has no text with a NUL in it.
  return { partition, position: offset, reason, key: key.replaceAll('\0', '\uFFFD'), value };
}
