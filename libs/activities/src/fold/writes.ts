import { CopyRows, type Queryable, type Transaction } from '#platform';
import { StopProjection } from '#projections';
import { placeOf } from '../place.js';
import { encodeKey } from '../activity.record.js';
import { type ActivityRow, nameOf } from './projection.js';
import { type Total } from './tally.js';

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
      nameOf(encodeKey({ environment, userId }), source, id),
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

/** A total and the number by which entries refer to it. */
export interface Numbered {
  readonly id: number;
  readonly total: Total;
}

/**
 * Adds to the totals, and returns each with its number; `numbers` are those that are known already, by the total's key.
 * Throws `StopProjection` where one of these is not the total's.
 */
export async function addTotals(
  tx: Queryable,
  totals: readonly Total[],
  numbers: Pick<Map<string, number>, 'get'>,
): Promise<Numbered[]> {
  const known: Numbered[] = [];
  const others: Total[] = [];
  for (const total of totals) {
    const id = numbers.get(total.key);
    if (id === undefined) others.push(total);
    else known.push({ id, total });
  }
  const [added, found] = await Promise.all([addToKnown(tx, known), addToOthers(tx, others)]);
  // The checkpoint is where it was, so that no server has lost them.
  if (added !== known.length)
    throw new StopProjection('totals of activities are gone that were there: see who deleted them');
  return [...known, ...found];
}

/** By the number: one descent of a narrow index, where the key would be looked up twice in a wide one. Resolves to how many were there. */
async function addToKnown(tx: Queryable, totals: Numbered[]): Promise<number> {
  if (totals.length === 0) return 0;
  // What stands together in the index comes together.
  totals.sort((one, other) => one.id - other.id);
  const { rowCount } = await tx.query(
    `UPDATE activity_totals AS known SET
       activities = known.activities + given.activities,
       first_active_at = LEAST(known.first_active_at, given.first_active_at),
       last_active_at = GREATEST(known.last_active_at, given.last_active_at)
     FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
       AS given (id, activities, first_active_at, last_active_at, user_id, workspace_id, environment, type)
     WHERE known.id = given.id AND known.user_id = given.user_id AND known.environment = given.environment
       -- Not by '=', for which the wide index could be taken.
       AND known.workspace_id IS NOT DISTINCT FROM given.workspace_id AND known.type IS NOT DISTINCT FROM given.type`,
    [
      totals.map(({ id }) => id),
      totals.map(({ total }) => total.rows.length),
      totals.map(({ total }) => total.firstActiveAt),
      totals.map(({ total }) => total.lastActiveAt),
      totals.map(({ total }) => total.userId),
      totals.map(({ total }) => total.workspaceId),
      totals.map(({ total }) => total.environment),
      totals.map(({ total }) => total.type),
    ],
  );
  return rowCount ?? 0;
}

/**
 * One that is there is looked up first: an insert takes a number from the sequence before it finds that it has to update, and
 * would use up in days what is to last.
 */
async function addToOthers(tx: Queryable, totals: readonly Total[]): Promise<Numbered[]> {
  if (totals.length === 0) return [];
  // What stands together in the index comes together.
  const sorted = totals.toSorted((one, other) => one.userId - other.userId);
  const { rows } = await tx.query<{ id: number }>(
    `INSERT INTO activity_totals AS known
       (id, partition, user_id, workspace_id, activities, first_active_at, last_active_at, environment, type)
     SELECT coalesce(
       (SELECT id FROM activity_totals total WHERE total.environment = given.environment AND total.user_id = given.user_id
          AND total.workspace_id = given.workspace_id AND total.type = given.type),
       nextval('activity_totals_id_seq')), given.*
     FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
       AS given (partition, user_id, workspace_id, activities, first_active_at, last_active_at, environment, type)
     ON CONFLICT (environment, user_id, workspace_id, type) DO UPDATE SET
       activities = known.activities + EXCLUDED.activities,
       first_active_at = LEAST(known.first_active_at, EXCLUDED.first_active_at),
       last_active_at = GREATEST(known.last_active_at, EXCLUDED.last_active_at)
     RETURNING id`,
    [
      sorted.map((total) => total.partition),
      sorted.map((total) => total.userId),
      sorted.map((total) => total.workspaceId),
      sorted.map((total) => total.rows.length),
      sorted.map((total) => total.firstActiveAt),
      sorted.map((total) => total.lastActiveAt),
      sorted.map((total) => total.environment),
      sorted.map((total) => total.type),
    ],
  );
  return sorted.map((total, at) => ({ id: rows[at]!.id, total }));
}

/** Writes the activities of these totals, none of which is there yet: those of a total together, as the feed's index has them. */
export async function copyEntries(tx: Transaction, totals: readonly Numbered[]): Promise<void> {
  if (totals.length === 0) return;
  const entries = new CopyRows();
  for (const { id, total } of totals) for (const row of total.rows) addEntry(entries, row, id);
  await tx.copy(`COPY activity_entries (${COLUMNS}) FROM STDIN (FORMAT binary)`, entries.end());
}

const COLUMNS = 'occurred_at, received_at, place, total_id, fingerprint, activity_id, source, data';

function addEntry(entries: CopyRows, row: ActivityRow, total: number): void {
  entries.begin(8);
  entries.int8(row.occurredAt);
  entries.int8(row.receivedAt);
  entries.int8(placeOf(row.partition, row.position));
  entries.int4(total);
  entries.int4(row.fingerprint);
  entries.text(row.activityId);
  entries.text(row.source);
  entries.text(row.data);
}
