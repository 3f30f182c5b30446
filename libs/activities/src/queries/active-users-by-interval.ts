import { type Queryable } from '#platform';
import { type AsOf, readAsOf } from '#projections';
import { activitiesInIntervals, type CountedActivities, type Intervals } from './activities-in-intervals.js';

/** How many users were active in each of these intervals. */
export async function countActiveByInterval(
  db: Queryable,
  of: CountedActivities,
  intervals: Intervals,
): Promise<AsOf<number[]>> {
  const { counted, values } = activitiesInIntervals(of, intervals);
  const { read: rows, positions } = await readAsOf<{ nth: number; users: number }>(
    db,
    { name: 'activities' },
    `SELECT nth, count(DISTINCT user_id) AS users FROM ${counted} GROUP BY nth`,
    values,
  );
  const users = intervals.starts.map(() => 0);
  for (const row of rows) users[row.nth] = row.users;
  return { read: users, positions };
}

/** How many users were active in each of these intervals or in one behind it. */
export async function countActiveFrom(
  db: Queryable,
  environment: string,
  intervals: Intervals,
): Promise<AsOf<number[]>> {
  const { counted, values } = activitiesInIntervals({ environment }, intervals);
  const { read: rows, positions } = await readAsOf<{ latest: number; users: number }>(
    db,
    { name: 'activities' },
    `SELECT latest, count(*) AS users FROM (SELECT max(nth) AS latest FROM ${counted} GROUP BY user_id) AS active
     GROUP BY latest`,
    values,
  );
  const since = (nth: number) => rows.reduce((sum, { latest, users }) => (latest >= nth ? sum + users : sum), 0);
  return { read: intervals.starts.map((_, nth) => since(nth)), positions };
}

/** SQL: when each user of the environment $1 was first active, whatever by. */
const FIRSTS = `(
  SELECT user_id, min(first_active_at) AS first_active_at FROM activity_totals WHERE environment = $1 GROUP BY user_id
) AS firsts`;

/** Of those whose first activity ever is in one interval, how many were active in each of others, all by their numbers from 0. */
export interface Returned {
  readonly cohort: number;
  readonly nths: readonly number[];
  /** In the order of `nths`. */
  readonly users: readonly number[];
}

/** Who returned: an entry a cohort, without the intervals in which nobody did. */
export async function countReturned(
  db: Queryable,
  environment: string,
  intervals: Intervals,
): Promise<AsOf<Returned[]>> {
  const { counted, values } = activitiesInIntervals({ environment }, intervals);
  return readAsOf<Returned>(
    db,
    { name: 'activities' },
    `SELECT cohort, array_agg(nth ORDER BY nth) AS nths, array_agg(users ORDER BY nth) AS users
     FROM (SELECT cohort, nth, count(*)::int AS users
       FROM (SELECT DISTINCT user_id, nth FROM ${counted}) AS active
       JOIN (SELECT user_id, width_bucket(first_active_at, $2::bigint[]) - 1 AS cohort FROM ${FIRSTS}
         WHERE first_active_at >= ($2::bigint[])[1]) AS cohorts USING (user_id)
       GROUP BY cohort, nth) AS returned
     GROUP BY cohort`,
    values,
  );
}

/** Of the users who were active in an interval: all, who never was before, and who was in the interval before as well. */
export interface Presence {
  readonly active: number;
  readonly fresh: number;
  readonly stayed: number;
}

/** The presence in each of these intervals; of the first it is not known who was active before it. */
export async function countPresent(
  db: Queryable,
  environment: string,
  intervals: Intervals,
): Promise<AsOf<Presence[]>> {
  const { counted, values } = activitiesInIntervals({ environment }, intervals);
  const { read: rows, positions } = await readAsOf<Presence & { nth: number }>(
    db,
    { name: 'activities' },
    `SELECT nth, count(*) AS active, count(*) FILTER (WHERE previous = nth - 1) AS stayed,
       count(*) FILTER (WHERE first_active_at >= ($2::bigint[])[nth + 1]) AS fresh
     FROM (SELECT user_id, nth, lag(nth) OVER (PARTITION BY user_id ORDER BY nth) AS previous
       FROM (SELECT DISTINCT user_id, nth FROM ${counted}) AS once) AS active
     JOIN ${FIRSTS} USING (user_id)
     GROUP BY nth`,
    values,
  );
  const present: Presence[] = intervals.starts.map(() => ({ active: 0, fresh: 0, stayed: 0 }));
  for (const { nth, active, fresh, stayed } of rows) present[nth] = { active, fresh, stayed };
  return { read: present, positions };
}
