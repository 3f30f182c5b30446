import { type Queryable } from '#platform';
import { type HowCommon, tokensOf } from '../projections/search-tokens.js';
import { type Sought } from './search-sought.js';
import { type Candidate, type Place, sampleOf } from './search-statements.js';

/**
 * How common everything is among an environment's users, as the sample had it some minutes ago: good enough to choose
 * how to search, never what is found.
 */
export interface Frequencies {
  /** How many users of the sample have a token. */
  readonly howCommon: HowCommon;
  /** How many users there are in all of whom this is true, roughly. */
  readonly usersOf: (sought: Sought) => number;
}

interface Kept {
  frequencies: Promise<Frequencies>;
  readonly until: number;
}

const MINUTES = 60_000;
const GOOD_FOR_MS = 5 * MINUTES;
// Each takes about a megabyte.
const MOST_ENVIRONMENTS = 64;

const kept = new WeakMap<Queryable, Map<string, Kept>>();

/** Counted at the first search of an environment, and again every few minutes while it is searched. */
export function frequenciesIn(place: Place): Promise<Frequencies> {
  const environments = kept.get(place.db) ?? new Map<string, Kept>();
  kept.set(place.db, environments);
  const known = environments.get(place.environment);
  if (known && known.until > performance.now()) return known.frequencies;
  const fresh = { frequencies: counted(place), until: performance.now() + GOOD_FOR_MS };
  keep(environments, place.environment, fresh);
  fresh.frequencies.catch(() => environments.delete(place.environment));
  return fresh.frequencies;
}

function keep(environments: Map<string, Kept>, environment: string, fresh: Kept): void {
  environments.delete(environment);
  environments.set(environment, fresh);
  if (environments.size > MOST_ENVIRONMENTS) environments.delete(environments.keys().next().value!);
}

async function counted(place: Place): Promise<Frequencies> {
  const { candidates, share } = await sampleOf(place, { tokens: [], choices: [], patterns: [] });
  const counts = countTokens(place.environment, candidates);
  const howCommon = (token: number) => counts.get(token) ?? 0;
  const shareWith = (choice: readonly number[]) =>
    Math.min(1, choice.reduce((sum, token) => sum + howCommon(token), 0) / Math.max(1, candidates.length));
  return {
    howCommon,
    usersOf: ({ tokens, patterns, choices }) => {
      if (tokens.some((token) => howCommon(token) === 0)) return 0;
      const fitting = candidates.filter(({ fields }) => patterns.every((parts) => hasInOrder(fields, parts)));
      return choices.reduce((users, choice) => users * shareWith(choice), fitting.length / share);
    },
  };
}

function hasInOrder(fields: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = fields.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}

function countTokens(environment: string, users: readonly Candidate[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { id, fields } of users) {
    for (const token of tokensOf(environment, id, fields)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}
