import { type Queryable } from '#platform';
import { SAMPLE, tokenOfSample, tokensOf } from './tokens.js';

/**
 * How many users of the sample have each token, as it was up to a minute ago: good enough to choose how to search, never
 * what is found.
 */
export interface Counts {
  readonly of: (token: number) => number;
  /** How many times as many users as the sample there are, roughly. */
  readonly samples: number;
}

const GOOD_FOR_MS = 60_000;
// Each takes one or two megabytes.
const MOST_ENVIRONMENTS = 64;

interface Kept {
  readonly counts: Promise<Counts>;
  readonly until: number;
}

const kept = new WeakMap<Queryable, Map<string, Kept>>();

/** Counted at the first search of an environment, and again every minute while it is searched. */
export function countsIn(db: Queryable, environment: string): Promise<Counts> {
  const environments = kept.get(db) ?? new Map<string, Kept>();
  kept.set(db, environments);
  const known = environments.get(environment);
  if (known && known.until > performance.now()) return known.counts;
  const fresh = { counts: countTokens(db, environment), until: performance.now() + GOOD_FOR_MS };
  environments.delete(environment);
  environments.set(environment, fresh);
  if (environments.size > MOST_ENVIRONMENTS) environments.delete(environments.keys().next().value!);
  fresh.counts.catch(() => environments.get(environment) === fresh && environments.delete(environment));
  return fresh.counts;
}

async function countTokens(db: Queryable, environment: string): Promise<Counts> {
  const { rows } = await db.query<{ id: number; fields: string }>(
    'SELECT id, fields FROM user_search WHERE environment = $1 AND tokens @> $2::int[]',
    [environment, [tokenOfSample(environment)]],
  );
  const highest = await highestId(db, environment);
  const counts = new Map<number, number>();
  for (const { id, fields } of rows) {
    for (const token of tokensOf(environment, id, fields)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return { of: (token) => counts.get(token) ?? 0, samples: Math.max(1, highest / SAMPLE) };
}

/** The highest id of an environment; 0 where it has no users. */
export async function highestId(db: Queryable, environment: string): Promise<number> {
  const { rows } = await db.query<{ id: number | null }>(
    'SELECT max(id) AS id FROM user_search WHERE environment = $1',
    [environment],
  );
  return rows[0]!.id ?? 0;
}
