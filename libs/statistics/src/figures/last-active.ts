import { type LastActive } from '#activities';
import { type Postgres } from '#platform';

const PAGE = 5_000;

/** Which generation of the views of activities is live, and the position of each partition that it shows. */
export interface LiveViews {
  readonly generation: string;
  readonly positions: ReadonlyMap<number, number>;
}

/** In one statement, so that both are of one generation. */
export async function liveViews(postgres: Postgres): Promise<LiveViews> {
  const { rows } = await postgres.query<{ partition: number; position: number; generation: string }>(
    `SELECT partition, position, generation.id AS generation
     FROM activities_checkpoints CROSS JOIN activities_generation generation`,
  );
  return {
    generation: rows[0]?.generation ?? '',
    positions: new Map(rows.map(({ partition, position }) => [partition, position])),
  };
}

/** When each user of a partition was last active, page by page, sorted by environment. */
export async function* lastActivePages(postgres: Postgres, partition: number): AsyncGenerator<LastActive[]> {
  for (let last: LastActive | undefined; ;) {
    const { rows } = await postgres.query<LastActive & { environment: string }>(
      `SELECT environment, user_id AS "userId", last_active_at AS "lastActiveAt" FROM user_activity
       WHERE partition = $1 AND (environment, user_id) > ($2, $3)
       ORDER BY environment, user_id LIMIT ${PAGE}`,
      [partition, last?.environment ?? '', last?.userId ?? 0],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

/**
 * Who was active with what was counted between two positions of a partition. What an operator had taken up again there
 * stands at older positions; of such users their latest activity is known.
 */
export async function lastActiveBetween(
  postgres: Postgres,
  partition: number,
  from: number,
  to: number,
): Promise<LastActive[]> {
  const { rows } = await postgres.query<LastActive & { environment: string }>(
    `SELECT environment, user_id AS "userId", max(at) AS "lastActiveAt" FROM (
       SELECT environment, user_id, LEAST(occurred_at, received_at) AS at FROM activities
       WHERE partition = $1 AND position >= $2 AND position < $3
       UNION ALL
       SELECT active.environment, active.user_id, active.last_active_at
       FROM activities_controls control JOIN user_activity active ON active.environment = split_part(key, '/', 1)
         AND active.user_id = CASE WHEN key ~ '^[^/]+/[0-9]{1,16}$' THEN split_part(key, '/', 2)::bigint END
       WHERE control.partition = $1 AND control.position >= $2 AND control.position < $3
     ) AS counted
     GROUP BY environment, user_id`,
    [partition, from, to],
  );
  return rows;
}

/** How many users of an environment were active since a moment, in milliseconds since the epoch. */
export async function countActive(postgres: Postgres, environment: string, since: number): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>(
    'SELECT count(*) AS count FROM user_activity WHERE environment = $1 AND last_active_at >= $2',
    [environment, since],
  );
  return rows[0]!.count;
}

/** The same, of those who were active in one workspace. */
export async function countActiveIn(
  postgres: Postgres,
  environment: string,
  workspace: number,
  since: number,
): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>(
    `SELECT count(DISTINCT user_id) AS count FROM activity_totals
     WHERE environment = $1 AND workspace_id = $2 AND workspace_id > 0 AND last_active_at >= $3`,
    [environment, workspace, since],
  );
  return rows[0]!.count;
}
