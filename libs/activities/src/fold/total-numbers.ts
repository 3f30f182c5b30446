import { LRUCache } from 'lru-cache';
import { type Position } from '#event-sourcing';
import { type Numbered } from './writes.js';

// Some ten megabytes.
const MOST = 100_000;

/** A place in the log. */
interface Counted {
  readonly partition: number;
  readonly position: Position;
}

/**
 * The numbers of totals that were lately added to, by the totals' keys. A number stays the total's for as long as there is the
 * generation of the views, whoever owns the partition meanwhile; so only those of another generation are forgotten, and all
 * where a partition is given again what was counted: Postgres has lost that, and may have given the numbers to others since.
 */
export class TotalNumbers {
  private readonly numbers = new LRUCache<string, number>({ max: MOST });
  /** Up to where the partitions were counted. */
  private readonly ends = new Map<number, Position>();
  private generation = '';

  /** As known for records of a partition from a position on. */
  in(generation: string, { partition, position }: Counted): Pick<LRUCache<string, number>, 'get'> {
    if (generation !== this.generation || position < (this.ends.get(partition) ?? 0)) {
      this.numbers.clear();
      this.ends.clear();
    }
    this.generation = generation;
    return this.numbers;
  }

  /** Only what was committed: a transaction that was undone takes its totals with it. */
  keep(generation: string, totals: readonly Numbered[], { partition, position }: Counted): void {
    if (generation !== this.generation) return;
    this.ends.set(partition, position);
    for (const { id, total } of totals) this.numbers.set(total.key, id);
  }
}
