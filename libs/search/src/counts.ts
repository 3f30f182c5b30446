import { LRUCache } from 'lru-cache';
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

/** Where a search looks. */
export interface Place {
  /** Where statements are prepared. */
  readonly db: Queryable;
  readonly environment: string;
  readonly counts: Counts;
}

const GOOD_FOR_MS = 60_000;
// Each takes one or two megabytes.
const MOST_ENVIRONMENTS = 64;

const kept = new WeakMap<Queryable, LRUCache<string, Counts>>();

/** Counted at the first search of an environment, and again every minute while it is searched. */
export function countsIn(db: Queryable, environment: string): Promise<Counts> {
  const environments = kept.get(db) ?? keepingCounts(db);
  kept.set(db, environments);
  return environments.forceFetch(environment);
}

const keepingCounts = (db: Queryable) =>
  new LRUCache<string, Counts>({
    max: MOST_ENVIRONMENTS,
    ttl: GOOD_FOR_MS,
    fetchMethod: (environment) => countTokens(db, environment),
    // Whoever waits for counts gets them, though many others are counted meanwhile.
    ignoreFetchAbort: true,
  });

async function countTokens(db: Queryable, environment: string): Promise<Counts> {
  const { rows } = await db.query<{ id: number; fields: string }>(
    // The environment stands behind a fence, or the planner might look up all of it by the key as well.
    `SELECT id, fields FROM (SELECT * FROM user_search WHERE tokens @> $2::int[] OFFSET 0) AS sample WHERE environment = $1`,
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
