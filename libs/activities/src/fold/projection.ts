import { hash } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { Unreadable } from '#projections';
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

/** What records are as rows, in the order of the log: a function of the records alone. Throws `Unreadable`. */
export function project(records: readonly LogRecord[]): ActivityRow[] {
  const rows: ActivityRow[] = [];
  const reasons = new Map<LogRecord, string>();
  for (const record of records) {
    const row = rowOf(record);
    if (typeof row === 'string') reasons.set(record, row);
    else rows.push(row);
  }
  if (reasons.size > 0) throw new Unreadable(reasons);
  return rows;
}

function rowOf(record: LogRecord): ActivityRow | string {
  const { partition, offset, key, value, time } = record;
  const owner = decodeKey(key);
  if (owner === undefined) return 'the key is not environment/user';
  const activity = decodeActivity(value, record);
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
