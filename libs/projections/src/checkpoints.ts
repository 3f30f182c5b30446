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

interface Move {
  readonly partition: number;
  readonly from: Position;
  readonly to: Position;
  /** Moves the checkpoint of this generation of the views alone. */
  readonly generation?: string;
  /** Where it is announced, with the partition, when the transaction commits, and only then. */
  readonly channel?: string;
}

/**
 * Moves a checkpoint by compare-and-swap. It is the first statement of the transaction that writes the rows, so that the
 * row lock keeps a second owner out until the commit. Throws `StaleOwner`, also where another generation is live.
 */
export async function moveCheckpoint(
  tx: Queryable,
  fold: Fold,
  { partition, from, to, generation, channel }: Move,
): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE ${fold.name}_checkpoints SET position = $3 WHERE partition = $1 AND position = $2
       AND ($4::uuid IS NULL OR EXISTS (SELECT FROM ${fold.name}_generation WHERE id = $4))
     RETURNING CASE WHEN $5::text IS NOT NULL THEN pg_notify($5, partition || ':' || position) END`,
    [partition, from, to, generation, channel],
  );
  if (rowCount !== 1) throw new StaleOwner(fold, partition, from);
}
