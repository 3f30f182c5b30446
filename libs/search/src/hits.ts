import { Problem } from '#platform';
import {
  bestOfLevels,
  type Bounds,
  candidatesOf,
  everyone,
  fewOf,
  type Hit,
  inOrderOfIds,
  levelByLevel,
  levelsOf,
  type Ranking,
  ranked,
  type Search,
} from './levels.js';
import { bestOfMany } from './many-words.js';
import { unsureRuns, withMeanings } from './misspellings.js';
import { hitsNearby } from './nearby.js';
import { closeNames } from './spelling.js';
import { type Combination, combinationsOf, scorerOf, type SoughtWord } from './ranking.js';
import { frequenciesIn } from './frequencies.js';
import { soughtAlike, soughtBy } from './sought.js';
import { sampleOf } from './statements.js';

const BOUNDS: Bounds = { candidates: 300, page: 500, budgetMs: 3_000 };
/** With more words, the combinations are too many to be looked for one by one, */
const MOST_WORDS = 5;
/** or with more where one may be misspelt. */
const MOST_UNSURE = 3;
/** Longer lists of words are spelt right or not found. */
const MOST_MISSPELT = 10;

/** The best hits, best first, ties in the order of ids. */
export async function bestHits(asked: Search, most = BOUNDS): Promise<Hit[]> {
  const { words, limit } = asked;
  // The more words, the more combinations there are to be looked for instead.
  const bounds = { ...most, candidates: most.candidates * words.length };
  const search = { ...asked, ...(await frequenciesIn(asked)) };
  const ranking = { ...search, bounds, score: scorerOf(words), known: new Set<number>(), looked: new Map() };
  const hits = await spelledSo(ranking);
  if (hits.length >= limit || words.length > MOST_MISSPELT) return hits;
  const known = new Set(hits.map(({ id }) => id));
  const alike = spelledAlike({ ...ranking, known, limit: limit - hits.length });
  return [...hits, ...(await (hits.length > 0 ? alike.catch(noneIfTooMany) : alike))];
}

/** Close spellings come when there is room: what would cost too much does not take the place of what was found. */
function noneIfTooMany(error: unknown): Hit[] {
  if (error instanceof Problem) return [];
  throw error;
}

/** The best hits of which every word is there as it is spelt. */
async function spelledSo(ranking: Ranking): Promise<Hit[]> {
  const { words } = ranking;
  const inside = soughtBy(ranking, words, insideAll(words));
  const few = await candidatesOf(ranking, [insideAll(words)]);
  if (few) return ranked(ranking, few);
  const sample = await sampleOf(ranking, inside);
  if (sample.isEverybody) return ranked(ranking, sample.candidates);
  if (words.length > MOST_WORDS) return bestOfMany(ranking);
  return levelByLevel(ranking, levelsOf(words, combinationsOf(words)), sample);
}

/** The best hits of which at least one word is there in a close spelling alone, but for those found already. */
async function spelledAlike(ranking: Ranking): Promise<Hit[]> {
  const { db, environment, words } = ranking;
  const unsure = unsureRuns(words, ranking.known.size === 0);
  if (unsure.length === 0) return [];
  const nearby = await hitsNearby(ranking, unsure);
  if (nearby) return nearby;
  const meant = withMeanings(words, unsure, await closeNames(db, environment, unsure));
  if (meant.every(({ misspellings }) => misspellings === undefined)) return [];
  return bestAlike({ ...ranking, words: meant, score: scorerOf(meant), looked: new Map() });
}

async function bestAlike(ranking: Ranking): Promise<Hit[]> {
  const { words, bounds } = ranking;
  const stages = soughtAlike(ranking, words);
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

const insideAll = (words: readonly SoughtWord[]): Combination => words.map(() => 'inside');
