import { copyColumn, copyLines, type Queryable, type Transaction } from '#platform';
import { placeOf } from '../place.js';
import { type ActivityRow, nameOf } from './projection.js';
import { keyOfTotal, type Total } from './tally.js';

/** What is known of an activity that was counted before. */
export type Known = Pick<ActivityRow, 'type' | 'workspaceId' | 'data'>;

/**
 * Which of these activities are there, by name. Only for whoever holds the partition's checkpoint: a user is in one partition,
 * so that what is not there stays so until then.
 */
export async function knownAmong(tx: Queryable, rows: readonly ActivityRow[]): Promise<Map<string, Known>> {
  // Sorted, they are found in one walk along the index.
  const fingerprints = rows.map(({ fingerprint }) => fingerprint).sort((one, other) => one - other);
  const { rows: found } = await tx.query<Found>(
    `SELECT environment, user_id, source, activity_id, type, nullif(workspace_id, 0) AS workspace_id, data
     FROM activity_entries
     CROSS JOIN LATERAL (SELECT * FROM activity_totals WHERE activity_totals.id = total_id LIMIT 1) AS total
     WHERE fingerprint = ANY ($1::int[])`,
    [fingerprints],
  );
  return new Map(
    found.map(({ environment, user_id: userId, source, activity_id: id, type, workspace_id: workspaceId, data }) => [
      nameOf({ environment, userId }, source, id),
      { type, workspaceId, data },
    ]),
  );
}

interface Found {
  readonly environment: string;
  readonly user_id: number;
  readonly source: string | null;
  readonly activity_id: string;
  readonly type: string;
  readonly workspace_id: number | null;
  readonly data: string | null;
}

/**
 * Adds to the totals, and returns the id of each. One that is there is looked up first: an insert takes a number from the
 * sequence before it finds that it has to update, and would use up in days what is to last.
 */
export async function addTotals(tx: Queryable, totals: readonly Total[]): Promise<Map<string, number>> {
  if (totals.length === 0) return new Map();
  // What stands together in the index comes together.
  const sorted = totals.toSorted((one, other) => one.userId - other.userId);
  const { rows } = await tx.query<{ id: number }>(
    `INSERT INTO activity_totals AS known
       (id, partition, user_id, workspace_id, activities, last_active_at, environment, type)
     SELECT coalesce(
       (SELECT id FROM activity_totals total WHERE total.environment = given.environment AND total.user_id = given.user_id
          AND total.workspace_id = given.workspace_id AND total.type = given.type),
       nextval('activity_totals_id_seq')), given.*
     FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
       AS given (partition, user_id, workspace_id, activities, last_active_at, environment, type)
     ON CONFLICT (environment, user_id, workspace_id, type) DO UPDATE SET
       activities = known.activities + EXCLUDED.activities,
       last_active_at = GREATEST(known.last_active_at, EXCLUDED.last_active_at)
     RETURNING id`,
    [
      sorted.map((total) => total.partition),
      sorted.map((total) => total.userId),
      sorted.map((total) => total.workspaceId),
      sorted.map((total) => total.activities),
      sorted.map((total) => total.lastActiveAt),
      sorted.map((total) => total.environment),
      sorted.map((total) => total.type),
    ],
  );
  return new Map(sorted.map((total, at) => [keyOfTotal(total), rows[at]!.id]));
}

/** Writes activities none of which is there yet, each counted in one of these totals. */
export async function copyEntries(
  tx: Transaction,
  rows: readonly ActivityRow[],
  totals: ReadonlyMap<string, number>,
): Promise<void> {
  if (rows.length === 0) return;
  // What stands together in the indexes comes together.
  const sorted = rows.toSorted((one, other) => one.userId - other.userId);
  const lines = copyLines(sorted, (row) => lineOf(row, totals.get(keyOfTotal(row))!));
  await tx.copy(`COPY activity_entries (${COLUMNS}) FROM STDIN`, lines);
}

const COLUMNS = 'occurred_at, received_at, place, total_id, fingerprint, activity_id, source, data';

// Of a row, only what a client wrote can have something to escape.
function lineOf(
  { occurredAt, receivedAt, partition, position, fingerprint, ...row }: ActivityRow,
  total: number,
): string {
  const place = placeOf(partition, position);
  const client = `${copyColumn(row.activityId)}\t${copyColumn(row.source)}\t${copyColumn(row.data)}`;
  return `${occurredAt}\t${receivedAt}\t${place}\t${total}\t${fingerprint}\t${client}\n`;
}
