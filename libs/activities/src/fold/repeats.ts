import { type Queryable } from '#platform';
import { type ActivityRow } from './projection.js';
import { NEAREST } from './writes.js';

/**
 * How many of these rows, of which `counted` were counted just now, came with an id that the user's first activity with
 * it had with other content. The first stays; whoever makes ids should hear of it. What a client left out, its time, the
 * door fills in anew each time: type, workspace and data are what a repeat can be held to.
 */
export async function countChanged(
  tx: Queryable,
  rows: readonly ActivityRow[],
  counted: readonly ActivityRow[],
): Promise<number> {
  if (counted.length === rows.length) return 0;
  const first = new Set(counted);
  const repeats = rows.filter((row) => !first.has(row));
  const { rows: found } = await tx.query<{ changed: number }>(
    `SELECT count(*) AS changed
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[])
       AS given (environment, user_id, identity, type, workspace_id, data)
     CROSS JOIN LATERAL (${NEAREST}) AS first
     WHERE first.identity = decode(given.identity, 'hex')
       AND (first.type, first.workspace_id, first.data::text)
         IS DISTINCT FROM (given.type, given.workspace_id, given.data)`,
    [
      repeats.map((row) => row.environment),
      repeats.map((row) => row.userId),
      repeats.map((row) => row.identity),
      repeats.map((row) => row.type),
      repeats.map((row) => row.workspaceId),
      repeats.map((row) => row.data),
    ],
  );
  return found[0]!.changed;
}
