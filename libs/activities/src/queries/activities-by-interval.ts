import { type Queryable } from '#platform';
import { type AsOf, readAsOf } from '#projections';
import { activitiesInIntervals, type CountedActivities, type Intervals } from './activities-in-intervals.js';

/** What activities can be counted by, each as SQL: by user, workspace or type; null for those in no workspace. */
const KEYS = { user: 'user_id', workspace: 'nullif(workspace_id, 0)', type: 'type COLLATE "C"' } as const;
export type ActivityKey = keyof typeof KEYS;

export interface KeyedCount {
  readonly key: string | number | null;
  readonly count: number;
}

/** So many counts are read at most: clients name types as they like. */
export const MOST_COUNTS = 100_000;

/**
 * How many activities there are of each key in each interval (`nth`, from 0), most first; no entry where there are none. Of
 * more than `MOST_COUNTS` there is one too many, and the others are left out.
 */
export async function countByInterval(
  db: Queryable,
  of: CountedActivities,
  intervals: Intervals,
  by?: ActivityKey,
): Promise<AsOf<(KeyedCount & { readonly nth: number })[]>> {
  const { counted, values } = activitiesInIntervals(of, intervals);
  return readAsOf<KeyedCount & { nth: number }>(
    db,
    { name: 'activities' },
    `SELECT nth, ${by ? KEYS[by] : 'NULL'} AS key, count(*) AS count FROM ${counted}
     GROUP BY 1, 2 ORDER BY nth, count DESC, key NULLS LAST LIMIT ${MOST_COUNTS + 1}`,
    values,
  );
}

/** What most activities since a moment (milliseconds since the epoch) are of, most first; those in no workspace are of none. */
export async function countMost(
  db: Queryable,
  environment: string,
  since: number,
  { by, limit }: { readonly by: ActivityKey; readonly limit: number },
): Promise<AsOf<(KeyedCount & { readonly key: string | number })[]>> {
  const intervals = { starts: [since], end: Number.MAX_SAFE_INTEGER };
  const { counted, values } = activitiesInIntervals({ environment }, intervals);
  return readAsOf<KeyedCount & { key: string | number }>(
    db,
    { name: 'activities' },
    `SELECT ${KEYS[by]} AS key, count(*) AS count FROM ${counted}
     WHERE ${KEYS[by]} IS NOT NULL GROUP BY 1 ORDER BY count DESC, key LIMIT ${limit}`,
    values,
  );
}
