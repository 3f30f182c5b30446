import { type Postgres } from '#platform';
import { type ActiveFigures } from './active-figures.js';
import { lastActiveBetween, lastActivePages } from '#activities';
import { liveViews } from '#projections';

/** Positions per step, and the lag from which rewriting all figures is faster. */
const STEP = 20_000;
const FAR_BEHIND = 200_000;

/**
 * Brings a partition's figures to the checkpoint of the views. If these are another generation by now, no harm is done:
 * nobody reads figures of one that is not live. Any process may do it at any time: a step takes effect only where the
 * checkpoint of the figures is still the one that was read. Ends early while another process rewrites them.
 */
export async function repair(
  figures: ActiveFigures,
  postgres: Postgres,
  partition: number,
  goOn: () => boolean,
): Promise<void> {
  while (goOn()) {
    // In this order: a position read later can only be further on.
    const checkpoint = await figures.checkpoint(partition);
    const position = (await liveViews(postgres, { name: 'activities' })).positions.get(partition) ?? 0;
    if (checkpoint === position) return;
    if (checkpoint === 'missing' || checkpoint > position || position - checkpoint > FAR_BEHIND) {
      // What is counted while the pages are read may be among them already; to count it again changes nothing.
      if (!(await figures.rewrite(partition, position, lastActivePages(postgres, partition, position)))) return;
    } else {
      const to = Math.min(position, checkpoint + STEP);
      await figures.advance(partition, checkpoint, to, await lastActiveBetween(postgres, partition, checkpoint, to));
    }
  }
}
