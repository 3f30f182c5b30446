import { type Owner } from '../activity.record.js';
import { type ActivityRow } from './projection.js';

/** What new activities add to a row of `activity_totals`. */
export interface Total extends Owner {
  /** What tells it apart from every other. */
  readonly key: string;
  readonly partition: number;
  /** 0 for none. */
  readonly workspaceId: number;
  readonly type: string;
  /** The activities that it counts, in the order of the log. */
  readonly rows: ActivityRow[];
  /** Milliseconds since the epoch, as is the latest. */
  firstActiveAt: number;
  lastActiveAt: number;
}

/** When a user was last active, as far as new activities tell: milliseconds since the epoch. */
export interface LastActive extends Owner {
  lastActiveAt: number;
}

/** The moment that statistics go by: a client cannot make a user active in the future. */
export function activeAt({ occurredAt, receivedAt }: Pick<ActivityRow, 'occurredAt' | 'receivedAt'>): number {
  return Math.min(occurredAt, receivedAt);
}

/** What activities that are counted for the first time add up to, one entry a row. */
export function tally(counted: readonly ActivityRow[]): { totals: Total[]; users: LastActive[] } {
  const totals = new Map<string, Total>();
  const users = new Map<string, LastActive>();
  for (const row of counted) {
    const at = activeAt(row);
    const key = `${row.owner}/${row.workspaceId ?? 0}/${row.type}`;
    const total = totals.get(key);
    if (total === undefined) totals.set(key, totalOf(row, key));
    else {
      total.rows.push(row);
      total.firstActiveAt = Math.min(total.firstActiveAt, at);
      total.lastActiveAt = Math.max(total.lastActiveAt, at);
    }
    const user = users.get(row.owner);
    if (user === undefined) users.set(row.owner, userOf(row));
    else user.lastActiveAt = Math.max(user.lastActiveAt, at);
  }
  return { totals: [...totals.values()], users: [...users.values()] };
}

function totalOf(row: ActivityRow, key: string): Total {
  const { partition, environment, userId, workspaceId, type } = row;
  return {
    key,
    partition,
    environment,
    userId,
    workspaceId: workspaceId ?? 0,
    type,
    rows: [row],
    firstActiveAt: activeAt(row),
    lastActiveAt: activeAt(row),
  };
}

function userOf(row: ActivityRow): LastActive {
  return { environment: row.environment, userId: row.userId, lastActiveAt: activeAt(row) };
}
