import { hash } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { Unreadable } from '#projections';
import { type ActivityRecord, decodeActivity, decodeKey, type Owner } from '../activity.record.js';

/** A row of `activities`. Times in milliseconds since the epoch, `data` as JSON text. */
export interface ActivityRow extends Owner {
  /** 16 bytes as hex, of `identityOf`. */
  readonly identity: string;
  readonly activityId: string;
  readonly source: string | null;
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

/**
 * What of a user is counted once, as hex: the first 16 bytes of the SHA-256 of the id, behind its source where it has one. Neither
 * has a U+0000 in it, so the two never read as one.
 */
function identityOf({ id, source }: Pick<ActivityRecord, 'id' | 'source'>): string {
  return hash('sha256', source === undefined ? id : `${source}\0${id}`, 'hex').slice(0, 32);
}

function rowOf(record: LogRecord): ActivityRow | string {
  const { partition, offset, key, value, time } = record;
  const owner = decodeKey(key);
  if (owner === undefined) return 'the key is not environment/user';
  const activity = decodeActivity(value, record);
  if (typeof activity === 'string') return activity;
  return {
    ...owner,
    identity: identityOf(activity),
    activityId: activity.id,
    source: activity.source ?? null,
    type: activity.type,
    workspaceId: activity.workspace ?? null,
    occurredAt: activity.occurredAt,
    receivedAt: time,
    data: activity.data ? JSON.stringify(activity.data) : null,
    partition,
    position: offset,
  };
}
