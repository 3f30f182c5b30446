import { type Postgres } from '#platform';
import { type ActiveFigures } from './active-figures.js';
import { lastActiveBetween, lastActivePages, liveViews } from './last-active.js';

/** Positions that are caught up in one step, and how many are before writing all anew is the faster way. */
const STEP = 20_000;
const FAR_BEHIND = 200_000;

/**
 * Brings a partition's figures to where the views are. Should these be another generation by now, no harm is done: nobody
 * reads figures of one that is not live. Any process may, at any time: each step only takes effect
 * where the figures stand as they were found. Ends early where another process is at it.
 */
export async function repair(
  figures: ActiveFigures,
  postgres: Postgres,
  partition: number,
  goOn: () => boolean,
): Promise<void> {
  while (goOn()) {
    // In this order: a position read later can only be further on.
    const standing = await figures.standing(partition);
    const position = (await liveViews(postgres)).positions.get(partition) ?? 0;
    if (standing === position) return;
    if (standing === 'missing' || standing > position || position - standing > FAR_BEHIND) {
      // What is counted while the pages are read may be among them already; to count it again changes nothing.
      if (!(await figures.rewrite(partition, position, lastActivePages(postgres, partition)))) return;
    } else {
      const to = Math.min(position, standing + STEP);
      await figures.advance(partition, standing, to, await lastActiveBetween(postgres, partition, standing, to));
    }
  }
}
