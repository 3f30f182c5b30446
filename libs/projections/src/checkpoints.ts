import { type QueryResultRow } from 'pg';
import { type Position, type Positions } from '#event-sourcing';
import { type Queryable } from '#platform';
import { type Fold } from './fold.js';

/** Somebody else has moved the checkpoint: this owner is late and its transaction must change nothing. */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';

  constructor(fold: Fold, partition: number, expected: Position) {
    super(`${fold.name}/${partition} is no longer at ${expected}`);
  }
}

/** The position of each partition: the offset of the next record to apply. Of the live generation, or that of `schema`. */
export async function readCheckpoints(
  db: Queryable,
  { name }: Pick<Fold, 'name'>,
  schema?: string,
): Promise<Map<number, Position>> {
  const { rows } = await db.query<{ partition: number; position: number }>(
    `SELECT partition, position FROM ${schema ? `"${schema}".` : ''}${name}_checkpoints ORDER BY partition`,
  );
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

/** Which generation of a fold's views is live, and the position of each partition that it shows. */
export interface LiveViews {
  readonly generation: string;
  readonly positions: Positions;
}

/** In one statement, so that both are of one generation. */
export async function liveViews(db: Queryable, { name }: Pick<Fold, 'name'>): Promise<LiveViews> {
  const { rows } = await db.query<{ partition: number; position: number; generation: string }>(
    `SELECT partition, position, generation.id AS generation
     FROM ${name}_checkpoints CROSS JOIN ${name}_generation generation`,
  );
  return {
    generation: rows[0]?.generation ?? '',
    positions: new Map(rows.map(({ partition, position }) => [partition, position])),
  };
}

/** What was read of views, and the position of each partition, from 0, that they showed then. */
export interface AsOf<Read> {
  readonly read: Read;
  readonly positions: readonly Position[];
}

/**
 * Runs a query, each of whose columns has a name, and tells where the views stood that it read: in one statement, so of one
 * moment. The checkpoints are named first: whoever puts another generation in the place of this one locks them, so that all
 * that the statement names is of one generation.
 */
export async function readAsOf<Row extends QueryResultRow>(
  db: Queryable,
  { name }: Pick<Fold, 'name'>,
  query: string,
  values: unknown[],
): Promise<AsOf<Row[]>> {
  const { rows } = await db.query<Row & { as_of: string; is_row: true | null }>(
    `SELECT * FROM (SELECT string_agg(position::text, ',' ORDER BY partition) AS as_of FROM ${name}_checkpoints) AS standing
     LEFT JOIN LATERAL (SELECT true AS is_row, * FROM (${query}) AS asked) AS answer ON true`,
    values,
  );
  const positions = rows[0]!.as_of.split(',').map(Number);
  return { read: rows.filter(({ is_row }) => is_row), positions };
}

interface Move {
  readonly partition: number;
  readonly from: Position;
  readonly to: Position;
  /** Moves the checkpoint of this generation of the views alone. */
  readonly generation?: string;
}

/**
 * Moves a checkpoint by compare-and-swap. It is the first statement of the transaction that writes the rows, so that the
 * row lock keeps a second owner out until the commit. Throws `StaleOwner`, also where another generation is live.
 */
export async function moveCheckpoint(
  tx: Queryable,
  fold: Fold,
  { partition, from, to, generation }: Move,
): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE ${fold.name}_checkpoints SET position = $3 WHERE partition = $1 AND position = $2
       AND ($4::uuid IS NULL OR EXISTS (SELECT FROM ${fold.name}_generation WHERE id = $4))`,
    [partition, from, to, generation],
  );
  if (rowCount !== 1) throw new StaleOwner(fold, partition, from);
}
