import { copyColumn, copyLines, type Queryable, type Transaction } from '#platform';
import { type ActivityRow } from './projection.js';
import { type LastActive, type Total } from './tally.js';

/**
 * Writes the rows that are not there yet, and returns those: in each of the user's ids the first in the log wins. Only for
 * whoever holds the partition's checkpoint: a user is in one partition, so that what is not there stays so until then.
 *
 * To ask first and then to copy is a third less work for the server than an insert that looks for conflicts itself.
 */
export async function insertNew(tx: Transaction, rows: readonly ActivityRow[]): Promise<ActivityRow[]> {
  const firsts = firstOfEach(rows);
  if (firsts.length === 0) return [];
  const known = await knownAmong(tx, firsts);
  const fresh = firsts.filter((_, place) => !known.has(place));
  // What stands together in the indexes comes together.
  await copyActivities(tx, linesOf(fresh.toSorted((one, other) => one.userId - other.userId)));
  return fresh;
}

/**
 * The user's activity whose identity is the given one or else the next, to be asked whether it is the given one: only the
 * key has that order. Asked for the given one alone, the planner, as long as it knows nothing of the table, may as well
 * read the whole feed of the user for each.
 */
export const NEAREST = `
  SELECT * FROM activities
  WHERE environment = given.environment AND user_id = given.user_id AND identity >= decode(given.identity, 'hex')
  ORDER BY identity LIMIT 1`;

function firstOfEach(rows: readonly ActivityRow[]): ActivityRow[] {
  const seen = new Set<string>();
  return rows.filter(({ environment, userId, identity }) => {
    const before = seen.size;
    return seen.add(`${environment}/${userId}/${identity}`).size > before;
  });
}

/** The places, from 0, of those rows whose activity is there. */
async function knownAmong(tx: Transaction, rows: readonly ActivityRow[]): Promise<Set<number>> {
  const { rows: found } = await tx.query<{ place: number }>(
    `SELECT place - 1 AS place
     FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS given (environment, user_id, identity, place)
     CROSS JOIN LATERAL (${NEAREST}) AS nearest
     WHERE nearest.identity = decode(given.identity, 'hex')`,
    [rows.map((row) => row.environment), rows.map((row) => row.userId), rows.map((row) => row.identity)],
  );
  return new Set(found.map(({ place }) => place));
}

/** Rows of `activities` as COPY takes them. */
export const linesOf = (rows: readonly ActivityRow[]): Buffer => copyLines(rows, lineOf);

/** Writes rows none of which is there yet. */
export async function copyActivities(tx: Transaction, lines: Buffer): Promise<void> {
  if (lines.length > 0) await tx.copy(`COPY activities (${COLUMNS}) FROM STDIN`, lines);
}

const COLUMNS = `environment, user_id, identity, activity_id, source, type, workspace_id, occurred_at, received_at,
  data, partition, position`;

// Of a row, only what a client wrote can have something to escape.
function lineOf(row: ActivityRow): string {
  const place = copyColumn(row.workspaceId);
  const data = copyColumn(row.data);
  const name = `${copyColumn(row.activityId)}\t${copyColumn(row.source)}`;
  return `${row.environment}\t${row.userId}\t\\\\x${row.identity}\t${name}\t${row.type}\t${place}\t${row.occurredAt}\t${row.receivedAt}\t${data}\t${row.partition}\t${row.position}\n`;
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
      totals.map((total) => total.environment),
      totals.map((total) => total.userId),
      totals.map((total) => total.workspaceId),
      totals.map((total) => total.type),
      totals.map((total) => total.activities),
      totals.map((total) => total.lastActiveAt),
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
      users.map((user) => user.environment),
      users.map((user) => user.userId),
      users.map((user) => user.lastActiveAt),
    ],
  );
}
