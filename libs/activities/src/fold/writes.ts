import { type Queryable } from '#platform';
import { numbers, texts } from './array-literals.js';
import { type ActivityRow } from './projection.js';
import { type LastActive, type Total } from './tally.js';

/**
 * Writes the rows that are not there yet, and returns those: in each of the user's ids the first in the log wins.
 * One statement, so a crash leaves all or nothing.
 */
export async function insertNew(tx: Queryable, rows: readonly ActivityRow[]): Promise<ActivityRow[]> {
  if (rows.length === 0) return [];
  const { rows: inserted } = await tx.query<{ position: number }>(
    `INSERT INTO activities (environment, user_id, identity, activity_id, type, workspace_id, occurred_at, received_at,
       data, partition, position)
     SELECT environment, user_id, decode(identity, 'hex'), activity_id, type, workspace_id, occurred_at, received_at,
       data::json, partition, position
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
       $8::bigint[], $9::text[], $10::int[], $11::bigint[])
       AS given (environment, user_id, identity, activity_id, type, workspace_id, occurred_at, received_at,
       data, partition, position)
     ORDER BY position
     ON CONFLICT DO NOTHING
     RETURNING position`,
    [
      texts(rows.map((row) => row.environment)),
      numbers(rows.map((row) => row.userId)),
      texts(rows.map((row) => row.identity)),
      texts(rows.map((row) => row.activityId)),
      texts(rows.map((row) => row.type)),
      numbers(rows.map((row) => row.workspaceId)),
      numbers(rows.map((row) => row.occurredAt)),
      numbers(rows.map((row) => row.receivedAt)),
      texts(rows.map((row) => row.data)),
      numbers(rows.map((row) => row.partition)),
      numbers(rows.map((row) => row.position)),
    ],
  );
  const positions = new Set(inserted.map(({ position }) => position));
  return rows.filter(({ position }) => positions.has(position));
}

/** Adds to the totals; sorted, so that two transactions that meet wait for each other in one order. */
export async function addTotals(tx: Queryable, totals: readonly Total[]): Promise<void> {
  if (totals.length === 0) return;
  await tx.query(
    `INSERT INTO activity_totals AS known (environment, user_id, workspace_id, type, activities, last_active_at)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
     ORDER BY 1, 2, 3, 4
     ON CONFLICT (environment, user_id, workspace_id, type) DO UPDATE SET
       activities = known.activities + EXCLUDED.activities,
       last_active_at = GREATEST(known.last_active_at, EXCLUDED.last_active_at)`,
    [
      texts(totals.map((total) => total.environment)),
      numbers(totals.map((total) => total.userId)),
      numbers(totals.map((total) => total.workspaceId)),
      texts(totals.map((total) => total.type)),
      numbers(totals.map((total) => total.activities)),
      numbers(totals.map((total) => total.lastActiveAt)),
    ],
  );
}

/** Moves on when users were last active, never back. */
export async function moveLastActive(tx: Queryable, partition: number, users: readonly LastActive[]): Promise<void> {
  if (users.length === 0) return;
  await tx.query(
    `INSERT INTO user_activity AS known (environment, user_id, partition, last_active_at)
     SELECT environment, user_id, $1, last_active_at
     FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS active (environment, user_id, last_active_at)
     ORDER BY 1, 2
     ON CONFLICT (environment, user_id) DO UPDATE SET last_active_at = EXCLUDED.last_active_at
     WHERE known.last_active_at < EXCLUDED.last_active_at`,
    [
      partition,
      texts(users.map((user) => user.environment)),
      numbers(users.map((user) => user.userId)),
      numbers(users.map((user) => user.lastActiveAt)),
    ],
  );
}
