import { type Queryable } from '#platform';
import { type AsOf, readAsOf, retriedKeys } from '#projections';
import { type LastActive } from '../fold/tally.js';
import { ACTIVE_AT, placesWithin } from '../place.js';
import { rowsUpTo } from './reached.js';

const PAGE = 5_000;

/**
 * When each user of a partition was last active, page by page, sorted by environment, with all that was counted before
 * `position`. Throws `ViewsBehind`.
 */
export async function* lastActivePages(
  postgres: Queryable,
  partition: number,
  position: number,
): AsyncGenerator<LastActive[]> {
  for (let last: LastActive | undefined; ;) {
    const rows: LastActive[] = await rowsUpTo<LastActive & { environment: string }>(postgres, position, {
      sql: `SELECT environment, user_id AS "userId", max(last_active_at) AS "lastActiveAt" FROM activity_totals
        WHERE partition = $1 AND (environment, user_id) > ($2, $3)
        GROUP BY environment, user_id ORDER BY environment, user_id LIMIT ${PAGE}`,
      values: [partition, last?.environment ?? '', last?.userId ?? 0],
      orderBy: 'environment, "userId"',
    });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

/**
 * Who was active with what was counted between two positions of a partition. What an operator had taken up again there
 * stands at older positions; of such users their latest activity is known. Throws `ViewsBehind`.
 */
export async function lastActiveBetween(
  postgres: Queryable,
  partition: number,
  from: number,
  to: number,
): Promise<LastActive[]> {
  return rowsUpTo<LastActive & { environment: string }>(postgres, to, {
    sql: `SELECT environment, user_id AS "userId", max(at) AS "lastActiveAt" FROM (
       SELECT environment, user_id, at FROM (
         SELECT total_id, max(${ACTIVE_AT}) AS at FROM activity_entries
         WHERE ${placesWithin('$1', '$2', '$3')} GROUP BY total_id
       ) AS entry CROSS JOIN LATERAL (SELECT * FROM activity_totals WHERE id = total_id LIMIT 1) AS total
       UNION ALL
       SELECT active.* FROM (${retriedKeys('activities')}) AS retried CROSS JOIN LATERAL (
         SELECT environment, user_id, max(last_active_at) FROM activity_totals WHERE environment = split_part(key, '/', 1)
           AND user_id = CASE WHEN key ~ '^[^/]+/[0-9]{1,16}$' THEN split_part(key, '/', 2)::bigint END
         GROUP BY environment, user_id
       ) AS active
     ) AS counted
     GROUP BY environment, user_id`,
    values: [partition, from, to],
    orderBy: 'environment',
  });
}

/** How many users of an environment were active since a moment, in milliseconds since the epoch. */
export async function countActive(postgres: Queryable, environment: string, since: number): Promise<AsOf<number>> {
  return countOf(
    postgres,
    'SELECT count(DISTINCT user_id) AS count FROM activity_totals WHERE environment = $1 AND last_active_at >= $2',
    [environment, since],
  );
}

/** The same, of those who were active in one workspace. */
export async function countActiveIn(
  postgres: Queryable,
  environment: string,
  workspace: number,
  since: number,
): Promise<AsOf<number>> {
  return countOf(
    postgres,
    `SELECT count(DISTINCT user_id) AS count FROM activity_totals
     WHERE environment = $1 AND workspace_id = $2 AND workspace_id > 0 AND last_active_at >= $3`,
    [environment, workspace, since],
  );
}

async function countOf(postgres: Queryable, query: string, values: unknown[]): Promise<AsOf<number>> {
  const { read, positions } = await readAsOf<{ count: number }>(postgres, { name: 'activities' }, query, values);
  return { read: read[0]!.count, positions };
}

/** How many users of an environment were active in a partition, and a sum over when, that tells any two such sets apart but by chance. */
export interface LastActiveSum {
  readonly environment: string;
  readonly users: number;
  readonly sum: bigint;
}

const PRIME = 1_000_003n;

/** What one user adds to the sum: `at` is when they were last active, in milliseconds since the epoch. */
export const lastActiveTerm = (userId: number, at: number): bigint => BigInt(at) * ((BigInt(userId) % PRIME) + 1n);

/** The sums of a partition, environment by environment. */
export async function lastActiveSums(postgres: Queryable, partition: number): Promise<LastActiveSum[]> {
  const { rows } = await postgres.query<{ environment: string; users: number; sum: string }>(
    `SELECT environment, count(*) AS users, sum(last_active_at::numeric * (user_id % ${PRIME} + 1))::text AS sum
     FROM (SELECT environment, user_id, max(last_active_at) AS last_active_at FROM activity_totals
           WHERE partition = $1 GROUP BY environment, user_id) AS active
     GROUP BY environment`,
    [partition],
  );
  return rows.map(({ sum, ...row }) => ({ ...row, sum: BigInt(sum) }));
}
