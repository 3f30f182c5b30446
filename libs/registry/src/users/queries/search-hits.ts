import { partsOf } from '../projections/search-text.js';
import { type Combination, combinationsOf, mostGeneral, scoreOf, type SoughtWord } from './search-ranking.js';
import { closeNames, mayBeMisspelt } from './search-spelling.js';
import { bestCandidates, firstUsers, type Hit, inOrderOfIds, type Search, type Wanted } from './search-statements.js';

/** How much one statement may look at. */
export interface Bounds {
  /** So many users of the lowest ids tell how common the words are, and often have the answer. */
  readonly firstUsers: number;
  /** So many candidates are fetched and ranked at once; of more, the best combinations are looked for first. */
  readonly candidates: number;
}

const BOUNDS: Bounds = { firstUsers: 512, candidates: 2_000 };
/** With more words, the combinations are too many to be looked for one by one. */
const MOST_WORDS = 3;

/** The best hits, best first, ties in the order of ids. */
export async function bestHits(search: Search, bounds = BOUNDS): Promise<Hit[]> {
  const first = await firstUsers(search, bounds.firstUsers);
  const all = first.seen < bounds.firstUsers;
  const hits = all ? first.hits : await spelledSo(search, first, bounds);
  if (hits.length >= search.limit) return hits;
  return [...hits, ...(await spelledAlike(search, hits, first.highestId, bounds))];
}

type First = Awaited<ReturnType<typeof firstUsers>>;

/** The best hits of which every word is there as it is spelt. */
async function spelledSo(search: Search, first: First, bounds: Bounds): Promise<Hit[]> {
  const { words } = search;
  const inside = [words.map(() => 'inside' as const)];
  const expected = (first.fitting / first.seen) * first.highestId;
  if (expected <= bounds.candidates) {
    const few = await bestCandidates(search, anyScore(inside), bounds.candidates);
    if (few) return few;
  }
  if (words.length > MOST_WORDS) return (await bestCandidates(search, anyScore(inside)))!;
  return bestOfMany(search, first, bounds);
}

/** The best of hits that are too many to be ranked all. */
async function bestOfMany(search: Search, first: First, bounds: Bounds): Promise<Hit[]> {
  const { words, limit } = search;
  const combinations = combinationsOf(words);
  const enough = first.hits.length >= limit ? first.hits[limit - 1]!.score : -1;
  const better = combinations.filter((combination) => scoreOf(words, combination) > enough);
  // The first users are ahead of all others of the same score.
  if (enough >= 0) {
    if (better.length === 0) return first.hits;
    const few = await bestCandidates(search, wantedOf(search, better), bounds.candidates);
    if (few) return [...few, ...first.hits.filter(({ score }) => score <= enough)].slice(0, limit);
  }
  return levelByLevel(search, combinations, { ...first, bounds });
}

interface Known {
  /** The best hits among the users of the lowest ids. */
  readonly hits: readonly Hit[];
  readonly highestId: number;
  readonly bounds: Bounds;
}

/** Score by score from the highest, until there are enough. */
async function levelByLevel(
  search: Search,
  combinations: readonly Combination[],
  { hits: known, highestId, bounds }: Known,
): Promise<Hit[]> {
  const levels = Map.groupBy(combinations, (combination) => scoreOf(search.words, combination));
  const hits: Hit[] = [];
  for (const score of [...levels.keys()].sort((a, b) => b - a)) {
    const limit = search.limit - hits.length;
    const level = { ...search, limit };
    const wanted = wantedOf(search, levels.get(score)!);
    const knownHere = known.filter((hit) => hit.score === score).slice(0, limit);
    if (knownHere.length === limit) return [...hits, ...knownHere];
    const few = await bestCandidates(level, wanted, bounds.candidates);
    hits.push(...(few ?? (await inOrderOfIds(level, wanted, highestId))));
  }
  return hits;
}

/** The best hits of which at least one word is there in a close spelling alone. */
async function spelledAlike(search: Search, found: readonly Hit[], highestId: number, bounds: Bounds): Promise<Hit[]> {
  const words = await withParts(search);
  if (words.every(({ parts }) => parts === undefined)) return [];
  const rest = { ...search, words, limit: search.limit - found.length, except: found.map(({ id }) => id) };
  if (words.length > MOST_WORDS) return (await bestCandidates(rest, anyScore(oneMisspelt(words))))!;
  const combinations = combinationsOf(words).filter((combination) => combination.includes('close'));
  const few = await bestCandidates(rest, anyScore(mostGeneral(combinations)), bounds.candidates);
  return few ?? levelByLevel(rest, combinations, { hits: [], highestId, bounds });
}

/** Too many words for every combination: one is misspelt, and those of which no name is near are right. */
function oneMisspelt(words: readonly SoughtWord[]): Combination[] {
  const others = words.map(({ parts }) => (parts ? undefined : ('inside' as const)));
  return words.flatMap(({ parts }, at) =>
    parts ? [others.map((other, place) => (place === at ? ('close' as const) : other))] : [],
  );
}

/** The words with what they may have meant; those that are no misspelling of any name stay as they are. */
async function withParts({ db, environment, words }: Search): Promise<SoughtWord[]> {
  const parts = words.map(({ text }) => partsOf(text));
  const names = await closeNames(db, environment, [...new Set(parts.flat().filter(mayBeMisspelt))]);
  return words.map((word, at) => {
    const meant = parts[at]!.map((text) => ({ text, names: names.get(text) ?? [] }));
    return meant.some(({ names }) => names.length > 0) ? { ...word, parts: meant } : word;
  });
}

const anyScore = (combinations: readonly Combination[]): Wanted => ({
  combinations,
  lowest: 0,
  highest: Number.MAX_SAFE_INTEGER,
});

function wantedOf({ words }: Search, combinations: readonly Combination[]): Wanted {
  const scores = combinations.map((combination) => scoreOf(words, combination));
  return { combinations: mostGeneral(combinations), lowest: Math.min(...scores), highest: Math.max(...scores) };
}
