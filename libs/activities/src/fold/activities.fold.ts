import { counter, type Namespace } from '#platform';
import { type Fold, generationOf } from '#projections';
import { activitiesTopic } from '../activities.topic.js';
import { project } from './projection.js';
import { ACTIVITIES_INDEXES, KEYED_TABLES } from './tables.js';
import { type LastActive, tally } from './tally.js';
import { sortOut } from './repeats.js';
import { TotalNumbers } from './total-numbers.js';
import { addTotals, copyEntries, knownAmong } from './writes.js';

const repeats = counter('activities_repeated_total', 'Activities that were counted before and changed nothing');
const changedRepeats = counter(
  'activities_repeated_changed_total',
  'Of those, the ones that came with another type, workspace or data than the first, which stays',
);

/** A partition of the views went from one position to another, in the generation of this id. */
export interface Move {
  readonly generation: string;
  readonly from: number;
  readonly to: number;
}

/** What goes on after the views of a partition have moved. */
export interface ActivityFollower {
  /**
   * The views of the partition have moved from one position to another, and these users were active with activities
   * counted for the first time. It may never be called (the process ends), and must neither throw nor take long.
   */
  follow(partition: number, move: Move, counted: readonly LastActive[]): Promise<void>;
}

/** Activities, counted once: the feed, the totals and when each user was last active. */
export function activitiesFold(namespace: Namespace, followers: readonly ActivityFollower[] = []): Fold {
  const numbers = new TotalNumbers();
  return {
    name: 'activities',
    topic: activitiesTopic(namespace),
    tables: KEYED_TABLES,
    joined: ['activity_entries'],
    indexes: Object.values(ACTIVITIES_INDEXES).join('\n'),
    batch: 5_000,
    async prepare(partition, records) {
      const rows = project(records);
      const sum = tally(rows);
      const begin = { partition, position: records[0]?.offset ?? Infinity };
      return async (tx) => {
        // In the transaction of the rows: after it another generation may have taken the place of this one.
        const [known, generation] = await Promise.all([knownAmong(tx, rows), generationOf(tx, 'activities')]);
        const { fresh, changed } = sortOut(rows, known);
        const { totals, users } = fresh.length === rows.length ? sum : tally(fresh);
        const numbered = await addTotals(tx, totals, numbers.in(generation, begin));
        await copyEntries(tx, numbered);
        return async (from, to) => {
          numbers.keep(generation, numbered, { partition, position: to });
          repeats.inc(rows.length - fresh.length);
          changedRepeats.inc(changed);
          await Promise.all(followers.map((follower) => follower.follow(partition, { generation, from, to }, users)));
        };
      };
    },
  };
}
