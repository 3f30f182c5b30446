import { LRUCache } from 'lru-cache';
import { type Numbered } from './writes.js';

// Some ten megabytes.
const MOST = 100_000;

/**
 * The numbers of totals that were lately added to, by the totals' keys. A number stays the total's for as long as there is the
 * generation of the views, whoever owns the partition meanwhile; so only those of another generation are forgotten, and all
 * where Postgres turns out to have lost some.
 */
export class TotalNumbers {
  private readonly numbers = new LRUCache<string, number>({ max: MOST });
  private generation = '';

  in(generation: string): Pick<LRUCache<string, number>, 'get' | 'clear'> {
    if (generation !== this.generation) this.numbers.clear();
    this.generation = generation;
    return this.numbers;
  }

  /** Only what was committed: a transaction that was undone takes its totals with it. */
  keep(generation: string, totals: readonly Numbered[]): void {
    if (generation !== this.generation) return;
    for (const { id, total } of totals) this.numbers.set(total.key, id);
  }
}
