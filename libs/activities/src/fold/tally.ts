import { type Owner } from '../activity.record.js';
import { type ActivityRow } from './projection.js';

/** What new activities add to a row of `activity_totals`. */
export interface Total extends Owner {
  readonly partition: number;
  /** 0 for none. */
  readonly workspaceId: number;
  readonly type: string;
  activities: number;
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

/** Which row of `activity_totals` an activity is counted in. */
export function keyOfTotal({
  environment,
  userId,
  workspaceId,
  type,
}: Pick<Total, 'environment' | 'userId' | 'type'> & { readonly workspaceId: number | null }): string {
  return `${environment}/${userId}/${workspaceId ?? 0}/${type}`;
}

/** What activities that are counted for the first time add up to, one entry a row. */
export function tally(counted: readonly ActivityRow[]): { totals: Total[]; users: LastActive[] } {
  const totals = new Map<string, Total>();
  const users = new Map<string, LastActive>();
  for (const row of counted) {
    const { environment, userId, workspaceId, type, partition } = row;
    const at = activeAt(row);
    const user = getOrAdd(users, `${environment}/${userId}`, { environment, userId, lastActiveAt: at });
    user.lastActiveAt = Math.max(user.lastActiveAt, at);
    const fresh = {
      partition,
      environment,
      userId,
      workspaceId: workspaceId ?? 0,
      type,
      activities: 0,
      lastActiveAt: at,
    };
    const total = getOrAdd(totals, keyOfTotal(row), fresh);
    total.activities += 1;
    total.lastActiveAt = Math.max(total.lastActiveAt, at);
  }
  return { totals: [...totals.values()], users: [...users.values()] };
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, fresh: Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  map.set(key, fresh);
  return fresh;
}
