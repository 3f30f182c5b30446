import {
  bestOfLevels,
  type Bounds,
  everyone,
  type Hit,
  inOrderOfIds,
  levelByLevel,
  levelsOf,
  type Ranking,
  ranked,
  type Search,
} from './search-levels.js';
import { bestOfMany } from './search-many-words.js';
import { withMisspellings } from './search-misspellings.js';
import { type Combination, combinationsOf, scorerOf, type SoughtWord } from './search-ranking.js';
import { type Sought, soughtAlike, soughtBy } from './search-sought.js';
import { anyOf, type Candidate, type Sample, sampleOf } from './search-statements.js';

const BOUNDS: Bounds = { rareLetters: 8, candidates: 300, page: 500, budgetMs: 3_000 };
/** With more words, the combinations are too many to be looked for one by one, */
const MOST_WORDS = 5;
/** or with more that may be misspelt. */
const MOST_UNSURE = 3;
/** Longer lists of words are spelt right or not found. */
const MOST_MISSPELT = 10;

/** The best hits, best first, ties in the order of ids. */
export async function bestHits(search: Search, most = BOUNDS): Promise<Hit[]> {
  const { words, limit } = search;
  // The more words, the more combinations there are to be looked for instead.
  const bounds = { ...most, candidates: most.candidates * words.length };
  const hits = await spelledSo({ ...search, bounds, score: scorerOf(words), known: new Set(), looked: new Map() });
  if (hits.length >= limit || words.length > MOST_MISSPELT) return hits;
  const meant = await withMisspellings(search, hits.length === 0);
  if (meant.every(({ misspellings }) => misspellings === undefined)) return hits;
  return [...hits, ...(await spelledAlike({ ...search, words: meant, limit: limit - hits.length }, hits, bounds))];
}

/** The best hits of which every word is there as it is spelt. */
async function spelledSo(ranking: Ranking): Promise<Hit[]> {
  const { environment, words, bounds } = ranking;
  const inside = soughtBy(environment, words, insideAll(words));
  const isRare = words.some(({ text }) => text.length >= bounds.rareLetters);
  const few = isRare ? await fewOf(ranking, [inside]) : undefined;
  if (few) return ranked(ranking, few);
  const sample = await sampleOf(ranking, inside);
  if (sample.isEverybody) return ranked(ranking, sample.candidates);
  const perhapsFew = !isRare && areFew(sample, bounds) ? await fewOf(ranking, [inside]) : undefined;
  if (perhapsFew) return ranked(ranking, perhapsFew);
  if (words.length > MOST_WORDS) return bestOfMany(ranking);
  return levelByLevel(ranking, levelsOf(words, combinationsOf(words)), sample);
}

/** The best hits of which at least one word is there in a close spelling alone, but for those found already. */
async function spelledAlike(search: Search, found: readonly Hit[], bounds: Bounds): Promise<Hit[]> {
  const { words, environment } = search;
  const known = new Set(found.map(({ id }) => id));
  const ranking = { ...search, bounds, score: scorerOf(words), known, looked: new Map<string, never>() };
  const stages = soughtAlike(environment, words);
  const all = stages.at(-1)!;
  if (words.length === 1 && usersOf(words[0]!) > bounds.candidates) return inOrderOfIds(ranking, all, 0);
  for (const stage of stages) {
    const few = await fewOf(ranking, stage);
    if (few) return ranked(ranking, few);
  }
  if (words.length === 1) return inOrderOfIds(ranking, all, 0);
  if (words.length > MOST_UNSURE) return everyone(ranking, all);
  const combinations = combinationsOf(words).filter((combination) => combination.includes('close'));
  return bestOfLevels(ranking, levelsOf(words, combinations));
}

/** How many users may have meant the word, at most, where what is around the name does not tell more. */
const usersOf = ({ misspellings = [] }: SoughtWord): number =>
  misspellings.reduce((sum, { before, after, users }) => (before.length + after.length < 2 ? sum + users : sum), 0);

/** All of these where they are few enough to be ranked at once. */
async function fewOf(ranking: Ranking, soughts: readonly Sought[]): Promise<Candidate[] | undefined> {
  const found: Candidate[] = [];
  for (const sought of soughts) {
    found.push(...(await anyOf(ranking, sought, ranking.bounds.candidates + 1)));
    if (found.length > ranking.bounds.candidates) return undefined;
  }
  return found;
}

/** Whether the sample leaves hope that there are few in all. */
const areFew = ({ candidates, share }: Sample, bounds: Bounds): boolean =>
  candidates.length / share <= bounds.candidates;

const insideAll = (words: readonly SoughtWord[]): Combination => words.map(() => 'inside');
