import {
  type Combination,
  combinationsOf,
  type Misspelling,
  mostGeneral,
  scoreOf,
  type SoughtWord,
} from './search-ranking.js';
import { closeNames, type KnownName } from './search-spelling.js';
import {
  bestCandidates,
  type First,
  firstUsers,
  type Hit,
  inOrderOfIds,
  type Search,
  type Wanted,
} from './search-statements.js';

/** How much one statement may look at. */
export interface Bounds {
  /** So many users of the lowest ids tell how common the words are, and often have the answer. */
  readonly firstUsers: number;
  /** Where no more than so many are expected to fit, they are fetched and ranked at once, */
  readonly expected: number;
  /** unless there are more candidates than this after all: then the best combinations are looked for first. */
  readonly candidates: number;
}

const BOUNDS: Bounds = { firstUsers: 256, expected: 400, candidates: 1_000 };
/** With more words, the combinations are too many to be looked for one by one. */
const MOST_WORDS = 3;
/** Longer lists of words are spelt right or not found. */
const MOST_MISSPELT = 10;

/** The best hits, best first, ties in the order of ids. */
export async function bestHits(search: Search, bounds = BOUNDS): Promise<Hit[]> {
  const first = await firstUsers(search, insideAll(search.words), bounds.firstUsers);
  const hits = first.everybody ? [...first.hits] : await spelledSo(search, first, bounds);
  if (hits.length >= search.limit) return hits;
  return [...hits, ...(await spelledAlike(search, hits, first, bounds))];
}

/** The best hits of which every word is there as it is spelt. */
async function spelledSo(search: Search, first: First, bounds: Bounds): Promise<Hit[]> {
  const { words } = search;
  const inside = [insideAll(words)];
  if (areFew(first.fitting, first, bounds)) {
    const few = await bestCandidates(search, anyScore(inside), bounds.candidates);
    if (few) return few;
  }
  if (words.length > MOST_WORDS) return (await bestCandidates(search, anyScore(inside)))!;
  return levelByLevel(search, levelsOf(words, combinationsOf(words)), first, bounds);
}

/** Whether so many of the first users leave hope that there are few in all. */
const areFew = (found: number, { ids, highestId }: First, { expected }: Bounds): boolean =>
  (found / ids) * highestId <= expected;

/** All combinations of the same score. */
interface Level {
  readonly score: number;
  readonly combinations: readonly Combination[];
}

/** From the highest score. */
function levelsOf(words: readonly SoughtWord[], combinations: readonly Combination[]): Level[] {
  const levels = Map.groupBy(combinations, (combination) => scoreOf(words, combination));
  return [...levels].map(([score, combinations]) => ({ score, combinations })).sort((a, b) => b.score - a.score);
}

/** Score by score, until there are enough; the scores that none of the first users has are looked for together. */
async function levelByLevel(search: Search, levels: readonly Level[], first: First, bounds: Bounds): Promise<Hit[]> {
  const hits: Hit[] = [];
  let rare: Level[] = [];
  for (const level of levels) {
    const known = first.hits.filter(({ score }) => score === level.score);
    if (known.length === 0) {
      rare.push(level);
      continue;
    }
    hits.push(...(await bestOfLevels(roomIn(search, hits), rare, first, bounds)));
    rare = [];
    const { limit } = roomIn(search, hits);
    // The first users are ahead of all others of the same score.
    if (known.length >= limit) return [...hits, ...known.slice(0, limit)];
    hits.push(...(await restOfLevel(roomIn(search, hits), level, known, first)));
  }
  return [...hits, ...(await bestOfLevels(roomIn(search, hits), rare, first, bounds))];
}

/** All of a level where some are known: the first blocks need not be looked at again. */
async function restOfLevel(search: Search, level: Level, known: readonly Hit[], first: First): Promise<Hit[]> {
  if (first.blocks === 0) return inOrder(search, [level], first);
  return [...known, ...(await inOrder(roomIn(search, known), [level], first))];
}

const roomIn = (search: Search, hits: readonly Hit[]): Search => ({ ...search, limit: search.limit - hits.length });

/** The best hits of some levels: of all at once where they are few, else of the better ones before the others. */
async function bestOfLevels(search: Search, levels: readonly Level[], first: First, bounds: Bounds): Promise<Hit[]> {
  if (search.limit === 0 || levels.length === 0) return [];
  const wanted = wantedOf(levels);
  const few = areTooMany(search.words, wanted, bounds)
    ? undefined
    : await bestCandidates(search, wanted, bounds.candidates);
  if (few) return few;
  if (levels.length === 1) return inOrder(search, levels, { ...first, blocks: 0 });
  // The last level alone is often as large as all together.
  const split = levels.length > 4 ? Math.ceil(levels.length / 2) : levels.length - 1;
  const better = await bestOfLevels(search, levels.slice(0, split), first, bounds);
  return [...better, ...(await bestOfLevels(roomIn(search, better), levels.slice(split), first, bounds))];
}

/** Whether it is known before that the candidates are too many. */
function areTooMany(words: readonly SoughtWord[], { combinations }: Wanted, { candidates }: Bounds): boolean {
  // Whoever comes here has found that too many have all words somewhere inside.
  if (combinations.some((combination) => combination.every((fit) => fit === 'inside'))) return true;
  const [misspelling, ...others] = words.length === 1 ? (words[0]!.misspellings ?? []) : [];
  const isWhole = misspelling !== undefined && others.length === 0 && misspelling.before + misspelling.after === '';
  return isWhole && combinations.some(([fit]) => fit === 'close') && misspelling.users > candidates;
}

const inOrder = (search: Search, levels: readonly Level[], first: First): Promise<Hit[]> =>
  inOrderOfIds(search, wantedOf(levels), first);

/** The best hits of which at least one word is there in a close spelling alone. */
async function spelledAlike(search: Search, found: readonly Hit[], first: First, bounds: Bounds): Promise<Hit[]> {
  if (search.words.length > MOST_MISSPELT) return [];
  const words = await withMisspellings(search, found.length === 0);
  if (words.every(({ misspellings }) => misspellings === undefined)) return [];
  const rest = { ...roomIn(search, found), words, except: found.map(({ id }) => id) };
  if (words.length > MOST_WORDS) return (await bestCandidates(rest, anyScore(rarestWord(words))))!;
  const combinations = combinationsOf(words).filter((combination) => combination.includes('close'));
  const few = await bestOfMisspelt(rest, combinations, bounds);
  return few ?? bestOfLevels(rest, levelsOf(words, combinations), first, bounds);
}

/** Of several words, one at a time is looked up by its names: so more users are compared than fit. */
async function bestOfMisspelt(search: Search, combinations: readonly Combination[], { candidates }: Bounds) {
  if (search.words.length === 1) return undefined;
  return bestCandidates(search, anyScore(mostGeneral(combinations)), candidates * 2);
}

/**
 * Too many words for every combination: the one with the rarest names is there, rightly spelt or not, and so are those
 * of which no name is near.
 */
function rarestWord(words: readonly SoughtWord[]): Combination[] {
  const users = words.map(({ misspellings = [] }) =>
    misspellings.length > 0 ? misspellings.reduce((sum, { users }) => sum + users, 0) : Infinity,
  );
  const rarest = users.indexOf(Math.min(...users));
  const others = words.map(({ misspellings }) => (misspellings ? undefined : ('inside' as const)));
  return [others.with(rarest, 'inside'), (others as Combination).with(rarest, 'close')];
}

/**
 * The words with what they may have meant. One that is more than a run of letters, as an address is, counts as misspelt
 * only where nobody was found by it, and only by one mistake in a run of four letters or more.
 */
async function withMisspellings({ db, environment, words }: Search, nobody: boolean): Promise<SoughtWord[]> {
  const runs = words.flatMap((word) => runsOf(word.text).map((run) => ({ ...run, word })));
  const sought = runs
    .map((run) => ({ ...run, most: run.run === run.word.text ? (2 as const) : (1 as const) }))
    .filter(({ run, most }) => most === 2 || (nobody && run.length >= 4));
  const names = await closeNames(db, environment, sought);
  const misspellings = sought.map(({ word, before, after }, at) => ({ word, ...meaning(before, names[at]!, after) }));
  return words.map((word) => {
    const meant = misspellings.filter((misspelling) => misspelling.word === word && misspelling.names.length > 0);
    return meant.length > 0 ? { ...word, misspellings: meant } : word;
  });
}

const meaning = (before: string, names: readonly KnownName[], after: string): Misspelling => ({
  before,
  names: names.map(({ name }) => name),
  after,
  users: names.reduce((sum, { users }) => sum + users, 0),
});

// Longer chains of runs are no address that somebody has misspelt.
const MOST_RUNS = 8;

function runsOf(word: string) {
  const runs = [...word.matchAll(/[\p{L}\p{M}]+/gu)];
  return runs.slice(0, MOST_RUNS).map(({ 0: run, index }) => ({
    before: word.slice(0, index),
    run,
    after: word.slice(index + run.length),
  }));
}

const insideAll = (words: readonly SoughtWord[]): Combination => words.map(() => 'inside');

const anyScore = (combinations: readonly Combination[]): Wanted => ({
  combinations,
  lowest: 0,
  highest: Number.MAX_SAFE_INTEGER,
});

const wantedOf = (levels: readonly Level[]): Wanted => ({
  combinations: mostGeneral(levels.flatMap(({ combinations }) => combinations)),
  lowest: Math.min(...levels.map(({ score }) => score)),
  highest: Math.max(...levels.map(({ score }) => score)),
});
