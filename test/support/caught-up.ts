import type { EventLog } from '#event-sourcing';
import { activitiesTopic } from '#activities';
import type { Namespace, Postgres } from '#platform';
import { readCheckpoints } from '#projections';
import { eventually } from './eventually.ts';

/** How many records of activities the views are behind the topic. */
export async function lagOf(log: EventLog, postgres: Postgres, namespace: Namespace): Promise<number> {
  // In this order: what comes between the two makes the lag smaller than it was, never larger.
  const extents = await log.extents(activitiesTopic(namespace).name);
  const checkpoints = await readCheckpoints(postgres, { name: 'activities' });
  return [...extents].reduce(
    (lag, [partition, { high }]) => lag + Math.max(0, high - (checkpoints.get(partition) ?? 0)),
    0,
  );
}

/** Resolves when the views show all that the topic holds at the moment of the call. */
export async function viewsCaughtUp(log: EventLog, postgres: Postgres, namespace: Namespace): Promise<void> {
  const extents = await log.extents(activitiesTopic(namespace).name);
  await eventually(
    async () => {
      const checkpoints = await readCheckpoints(postgres, { name: 'activities' });
      for (const [partition, { high }] of extents) {
        if ((checkpoints.get(partition) ?? 0) < high) throw new Error(`the views of partition ${partition} are behind`);
      }
    },
    { within: 120_000 },
  );
}
