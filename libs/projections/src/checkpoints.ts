import { type Position } from '#event-sourcing';
import { type Queryable } from '#platform';
import { type Fold } from './fold.js';

/** Somebody else has moved the checkpoint: this owner is late and its transaction must change nothing. */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';

  constructor(fold: Fold, partition: number, expected: Position) {
    super(`${fold.name}/${partition} is no longer at ${expected}`);
  }
}

/** The position of each partition of the live generation: the offset of the next record to apply. */
export async function readCheckpoints(db: Queryable, fold: Pick<Fold, 'name'>): Promise<Map<number, Position>> {
  const { rows } = await db.query<{ partition: number; position: number }>(
    `SELECT partition, position FROM ${fold.name}_checkpoints`,
  );
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

/**
 * Compare and swap, in the transaction of the rows. The first statement of it, so that the row's lock keeps a second
 * owner out until this one has committed. Throws `StaleOwner`, also where
 * another generation of the views has taken the place of the one that is named.
 */
export async function moveCheckpoint(
  tx: Queryable,
  fold: Fold,
  partition: number,
  from: Position,
  to: Position,
  generation?: string,
): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE ${fold.name}_checkpoints SET position = $3 WHERE partition = $1 AND position = $2
       AND ($4::uuid IS NULL OR EXISTS (SELECT FROM ${fold.name}_generation WHERE id = $4))`,
    [partition, from, to, generation],
  );
  if (rowCount !== 1) throw new StaleOwner(fold, partition, from);
}
