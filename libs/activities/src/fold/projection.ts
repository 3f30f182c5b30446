import { hash } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { Unreadable } from '#projections';
import { decodeActivity, decodeKey, type Owner } from '../activity.record.js';

/** An activity as the views have it. Times in milliseconds since the epoch, `data` as JSON text. */
export interface ActivityRow extends Owner {
  /** Whose it is, as the record's key says it: environment/user. */
  readonly owner: string;
  /** What tells it apart from every other, by which it is counted once: whose it is, its source and its id. */
  readonly name: string;
  /** Of the name: equal names have equal ones. */
  readonly fingerprint: number;
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

/** Neither a source nor an id has a U+0000 in it, so that no two activities have one name. */
export function nameOf(owner: string, source: string | null | undefined, id: string): string {
  return `${owner}/${source ?? ''}\0${id}`;
}

const FINGERPRINT_BITS = 29;

/** An int4: partitions stand apart, so that what a batch asks for and writes stands in one part of the index. */
function fingerprintOf(name: string, partition: number): number {
  const bits = Number.parseInt(hash('sha256', name, 'hex').slice(0, 8), 16) >>> (32 - FINGERPRINT_BITS);
  return (partition << FINGERPRINT_BITS) | bits;
}

function rowOf(record: LogRecord): ActivityRow | string {
  const { partition, offset, key, value, time } = record;
  const owner = decodeKey(key);
  if (owner === undefined) return 'the key is not environment/user';
  const activity = decodeActivity(value, record);
  if (typeof activity === 'string') return activity;
  const name = nameOf(key, activity.source, activity.id);
  return {
    environment: owner.environment,
    userId: owner.userId,
    owner: key,
    name,
    fingerprint: fingerprintOf(name, partition),
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
