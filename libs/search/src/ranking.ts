import { Problem } from '#platform';
import { type Candidate, candidatesIn, fewCandidates, type Range, rangesOf } from './candidates.js';
import { highestId, type Place } from './counts.js';
import { expectedOf, type Lookup, lookupsOf } from './lookups.js';
import { fitsAbove, MOST_WORDS, NO_SCORE, type QueryWord, scorerOf } from './score.js';
import { SAMPLE } from './tokens.js';

/** A user who fits, by id, with the score of how well. */
export interface Hit {
  readonly id: number;
  readonly score: number;
}

/** What is sought, and where. */
export interface Search extends Place {
  readonly words: readonly QueryWord[];
  /** How many hits are asked for. */
  readonly limit: number;
  /** Users who are no hits. */
  readonly known: ReadonlySet<number>;
  readonly bounds: Bounds;
}

/** How much a search may look at. */
export interface Bounds {
  /** So many candidates for each word are read at once, wherever they are. */
  readonly few: number;
  /** For so long users of more than five words are read. */
  readonly budgetMs: number;
}

/**
 * The best hits, best first, ties in the order of ids: of all candidates where they are few, else range by range. Throws
 * `unavailable` where too many users have more than five words.
 */
export async function bestHits(search: Search): Promise<Hit[]> {
  const lookups = lookupsAbove(search, NO_SCORE);
  const expected = lookups.reduce((sum, lookup) => sum + expectedOf(search, lookup), 0);
  const few = expected <= worthTrying(search) ? await fewCandidates(search, lookups, mostAtOnce(search)) : undefined;
  if (few) return best(search, [], few);
  return search.words.length > MOST_WORDS ? oneOfFew(() => bestByRanges(search)) : bestByRanges(search);
}

/**
 * Reads whoever may fit in the order of ids. As soon as there are as many hits as asked for, only who fits better than
 * the last of them, since everybody else has a higher id; and these all at once as soon as they are few.
 */
async function bestByRanges(search: Search): Promise<Hit[]> {
  const { words, limit, bounds } = search;
  const until = performance.now() + bounds.budgetMs;
  let hits: Hit[] = [];
  let inVain: number | undefined;
  for (const range of rangesOf(search.environment)) {
    const least = hits.length < limit ? NO_SCORE : hits.at(-1)!.score;
    const lookups = lookupsAbove(search, least);
    if (lookups.length === 0) return hits;
    if (range.first > 0) {
      if (inVain !== least && expectedFrom(search, hits, range) <= worthTrying(search)) {
        const few = await fewCandidates(search, lookups, mostAtOnce(search));
        if (few) return best(search, hits, few);
        inVain = least;
      }
      if (range.first > (await highestId(search.db, search.environment))) return hits;
    }
    for (const lookup of lookups) {
      if (words.length > MOST_WORDS && performance.now() > until) throw tooMany();
      hits = best(search, hits, await candidatesIn(search, lookup, range));
    }
  }
  return hits;
}

/** Whoever scores more than `least` is among these. */
function lookupsAbove(search: Search, least: number): Lookup[] {
  const lookups = fitsAbove(search.words, least).flatMap((fits) => lookupsOf(search, search.words, fits));
  // By the time that close spellings are looked up, whoever has all the words as they are spelt is known.
  const areClose = search.words.some(({ misspellings }) => misspellings);
  return areClose ? lookups.filter(({ choices }) => choices.length > 0) : lookups;
}

/** How many users there may be from this range on who are better than the last hit, as there were before. */
function expectedFrom({ limit, counts }: Search, hits: readonly Hit[], { first }: Range): number {
  const better = hits.length < limit ? hits.length : hits.filter(({ score }) => score > hits.at(-1)!.score).length;
  return (better * counts.samples * SAMPLE) / first;
}

const mostAtOnce = ({ bounds, words }: Search): number => bounds.few * words.length;

// How many are expected is a guess, and to read some in vain costs less than not to have tried.
const worthTrying = (search: Search): number => 2 * mostAtOnce(search);

/** The best of these hits and candidates, who may be there several times. */
export function best({ words, known, limit }: Search, hits: readonly Hit[], candidates: readonly Candidate[]): Hit[] {
  const scoreOf = scorerOf(words);
  const byId = new Map(hits.map((hit) => [hit.id, hit]));
  for (const { id, fields } of candidates) {
    const score = known.has(id) || byId.has(id) ? undefined : scoreOf(fields);
    if (score !== undefined) byId.set(id, { id, score });
  }
  return [...byId.values()].sort((a, b) => b.score - a.score || a.id - b.id).slice(0, limit);
}

let underWay = 0;
const MOST_UNDER_WAY = 2;

/** The only work whose cost grows with the number of users: few at a time. Throws `unavailable` for more. */
async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (underWay >= MOST_UNDER_WAY) throw tooMany();
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}

const tooMany = () =>
  new Problem('unavailable', 'Too many users fit so many words: give fewer words, or longer ones.', {
    headers: { 'retry-after': '5' },
  });
