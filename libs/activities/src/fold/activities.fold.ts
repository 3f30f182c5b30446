import { counter, type Namespace, together } from '#platform';
import { type Fold, type Write } from '#projections';
import { activitiesTopic } from '../activities.topic.js';
import { project } from './projection.js';
import { ACTIVITIES_TABLES } from './tables.js';
import { type LastActive, tally } from './tally.js';
import { addTotals, insertNew, keepDeadLetters, moveLastActive } from './writes.js';

const repeats = counter('activities_repeated_total', 'Activities that were counted before and changed nothing');
const unreadable = counter('activities_dead_letters_total', 'Records of activities that could not be decoded');

/** What goes on after the views of a partition have moved. */
export interface ActivityFollower {
  /**
   * The views of the partition have moved from one position to another, and these users were active with activities
   * counted for the first time. It may never be called (the process ends), and must neither throw nor take long.
   */
  follow(partition: number, from: number, to: number, counted: readonly LastActive[]): Promise<void>;
}

/** Activities, counted once: the feed, the totals and when each user was last active. */
export function activitiesFold(namespace: Namespace, followers: readonly ActivityFollower[] = []): Fold {
  return {
    name: 'activities',
    topic: activitiesTopic(namespace),
    tables: ACTIVITIES_TABLES,
    batch: 5_000,
    prepare(partition, records) {
      const from = records[0]!.offset;
      const to = records.at(-1)!.offset + 1;
      const { rows, deadLetters } = project(records);
      const sum = tally(rows);
      const write: Write = async (tx) => {
        const counted = await insertNew(tx, rows);
        const { totals, users } = counted.length === rows.length ? sum : tally(counted);
        await together([addTotals(tx, totals), moveLastActive(tx, partition, users), keepDeadLetters(tx, deadLetters)]);
        return async () => {
          repeats.inc(rows.length - counted.length);
          unreadable.inc(deadLetters.length);
          await Promise.all(followers.map((follower) => follower.follow(partition, from, to, users)));
        };
      };
      return Promise.resolve(write);
    },
  };
}
