import { type EventLog } from '#event-sourcing';
import { gauge, type Namespace, type Postgres, within } from '#platform';
import { readCheckpoints } from './checkpoints.js';
import { countOpen } from './dead-letters.js';
import { type FoldViews } from './fold.js';

// Whoever scrapes waits for the answer; what is not known by then is left out of it.
const PATIENCE_MS = 1_000;

interface Source {
  readonly log: EventLog;
  readonly postgres: Postgres;
  readonly folds: readonly FoldViews[];
}

let measured: Source | undefined;

/** From now on each scrape of this process says how far these views are behind, and what waits for an operator. */
export function measureProjections(
  log: EventLog,
  postgres: Postgres,
  namespace: Namespace,
  folds: (namespace: Namespace) => readonly FoldViews[],
): void {
  measured = { log, postgres, folds: folds(namespace) };
}

gauge('projection_lag_records', 'Records of the log that the views do not show', ['fold', 'partition'], async (lag) => {
  const lags = await ofEachFold(lagsOf);
  lag.reset();
  for (const { fold, partition, records } of lags) lag.set({ fold, partition }, records);
});

gauge('dead_letters', 'Records that could not be applied and wait for an operator', ['fold'], async (letters) => {
  const counts = await ofEachFold(async ({ postgres }, { name }) => [
    { fold: name, open: await countOpen(postgres, name) },
  ]);
  letters.reset();
  for (const { fold, open } of counts) letters.set({ fold }, open);
});

async function lagsOf({ log, postgres }: Source, { name, topic }: FoldViews) {
  // In this order, so that no lag is below zero.
  const checkpoints = await readCheckpoints(postgres, { name });
  const extents = await log.extents(topic.name);
  return [...checkpoints].map(([partition, position]) => {
    return { fold: name, partition, records: (extents.get(partition)?.high ?? position) - position };
  });
}

/** Nothing of a fold whose servers do not answer: old figures would look like new ones, and a scrape never fails. */
async function ofEachFold<T>(measure: (source: Source, fold: FoldViews) => Promise<T[]>): Promise<T[]> {
  const source = measured;
  if (source === undefined) return [];
  const unknown = (): T[] => [];
  const figures = source.folds.map((fold) => within(PATIENCE_MS, measure(source, fold), unknown).catch(unknown));
  return (await Promise.all(figures)).flat();
}
