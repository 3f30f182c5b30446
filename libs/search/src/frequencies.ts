import { type Queryable } from '#platform';
import { type HowCommon, tokensOf } from './tokens.js';
import { type Sought } from './sought.js';
import { type Place, type Sample, sampleOf } from './statements.js';

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
  readonly frequencies: Promise<Frequencies>;
  until: number;
}

/** The users of the lowest ids hardly change, but how many others there are does. */
const GOOD_FOR_MS = 10 * 60_000;
/** While there are no other users than those of the sample, it may soon be another one. */
const SMALL_GOOD_FOR_MS = 5_000;
// Each takes one or two megabytes.
const MOST_ENVIRONMENTS = 64;

const kept = new WeakMap<Queryable, Map<string, Kept>>();

/** Counted at the first search of an environment, and again every few minutes while it is searched. */
export function frequenciesIn(place: Place): Promise<Frequencies> {
  const environments = kept.get(place.db) ?? new Map<string, Kept>();
  kept.set(place.db, environments);
  const known = environments.get(place.environment);
  if (known && known.until > performance.now()) return known.frequencies;
  return keep(environments, place).frequencies;
}

function keep(environments: Map<string, Kept>, place: Place): Kept {
  const { environment } = place;
  const sample = sampleOf(place, { tokens: [], choices: [], patterns: [] });
  const frequencies = sample.then((read) => counted(environment, read));
  const fresh = { frequencies, until: performance.now() + GOOD_FOR_MS };
  environments.delete(environment);
  environments.set(environment, fresh);
  if (environments.size > MOST_ENVIRONMENTS) environments.delete(environments.keys().next().value!);
  sample.then(
    ({ isEverybody }) => isEverybody && (fresh.until = performance.now() + SMALL_GOOD_FOR_MS),
    () => environments.get(environment) === fresh && environments.delete(environment),
  );
  return fresh;
}

function counted(environment: string, { candidates, share }: Sample): Frequencies {
  const users = candidates.map(({ id, fields }) => ({ fields, tokens: tokensOf(environment, id, fields) }));
  const counts = countTokens(users);
  const howCommon = (token: number) => counts.get(token) ?? 0;
  const usersOf = ({ tokens, choices, patterns }: Sought) => {
    const possible = choices.map((choice) => new Set(choice.filter((token) => howCommon(token) > 0)));
    if (tokens.some((token) => howCommon(token) === 0) || possible.some(({ size }) => size === 0)) return 0;
    const fitting = users.filter(
      (user) =>
        patterns.every((parts) => hasInOrder(user.fields, parts)) &&
        possible.every((choice) => user.tokens.some((token) => choice.has(token))),
    );
    return fitting.length / share;
  };
  return { howCommon, usersOf };
}

function countTokens(users: readonly { tokens: readonly number[] }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { tokens } of users) {
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}

function hasInOrder(fields: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = fields.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}
