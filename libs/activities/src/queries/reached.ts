import { type QueryResultRow } from 'pg';
import { type Position } from '#event-sourcing';
import { type Queryable } from '#platform';
import { checkpointOf } from '#projections';

/** The views do not show (any more) what was to be read: after a crash of Postgres they come there again. */
export class ViewsBehind extends Error {
  override readonly name = 'ViewsBehind';
}

interface Asked {
  readonly sql: string;
  /** The first is the partition. */
  readonly values: readonly unknown[];
  readonly orderBy: string;
}

/**
 * The rows of a query whose answer is whole where the views of the partition have come to `to`. Looked at in the same
 * statement: a crash of Postgres between two would make them miss what it took. Throws `ViewsBehind`.
 */
export async function rowsUpTo<Row extends QueryResultRow>(
  db: Queryable,
  to: Position,
  { sql, values, orderBy }: Asked,
): Promise<Row[]> {
  const { rows } = await db.query<Row & { isReached: boolean; isRow: boolean | null }>(
    `SELECT page.*, "isReached" FROM (
       SELECT ${checkpointOf('activities', '$1')} >= $${values.length + 1} AS "isReached"
     ) AS checkpoint LEFT JOIN (SELECT true AS "isRow", page.* FROM (${sql}) AS page) AS page ON true ORDER BY ${orderBy}`,
    [...values, to],
  );
  if (!rows[0]?.isReached) throw new ViewsBehind('the views of activities are behind where they were');
  return rows.filter(({ isRow }) => isRow);
}
