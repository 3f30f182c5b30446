import { Problem } from '#platform';
import { SAMPLE } from './tokens.js';
import { type Frequencies } from './frequencies.js';
import { type Combination, mostGeneral, scoreOf, type Scorer, type SoughtWord } from './ranking.js';
import { type Sought, soughtBy, type Where } from './sought.js';
import { anyOf, type Candidate, lastBlock, lowestOf, type Place, type Sample } from './statements.js';

/** A user who fits, by id, with the score of how well. */
export interface Hit {
  readonly id: number;
  readonly score: number;
}

/** What is sought, and where. */
export interface Search extends Place {
  readonly words: readonly SoughtWord[];
  /** How many hits are asked for. */
  readonly limit: number;
}

/** How much one statement may look at. */
export interface Bounds {
  /** So many candidates for each word are ranked at once; of more, the best combinations are looked for first. */
  readonly candidates: number;
  /** So many are read at a time where users are looked for in the order of their ids. */
  readonly page: number;
  /** So long all who fit may be compared, where there are too many words for anything better. */
  readonly budgetMs: number;
}

/** A search on its way. */
export interface Ranking extends Search, Where {
  readonly bounds: Bounds;
  readonly usersOf: Frequencies['usersOf'];
  readonly score: Scorer;
  /** Users that are found already. */
  readonly known: ReadonlySet<number>;
  /** Of each combination that was looked for, all candidates, or undefined where they are too many. */
  readonly looked: Map<string, Candidate[] | undefined>;
}

/** All combinations of the same score. */
export interface Level {
  readonly score: number;
  readonly combinations: readonly Combination[];
}

/** From the highest score. */
export function levelsOf(words: readonly SoughtWord[], combinations: readonly Combination[]): Level[] {
  const levels = Map.groupBy(combinations, (combination) => scoreOf(words, combination));
  return [...levels].map(([score, combinations]) => ({ score, combinations })).sort((a, b) => b.score - a.score);
}

const roomIn = (ranking: Ranking, hits: readonly Hit[]): Ranking => ({
  ...ranking,
  limit: ranking.limit - hits.length,
});

/** The best hits among these candidates, each of whom may be there more than once. */
export function ranked({ score, known, limit }: Ranking, candidates: readonly Candidate[]): Hit[] {
  const hits = new Map<number, Hit>();
  for (const { id, fields } of candidates) {
    const worth = known.has(id) ? undefined : score(fields);
    if (worth !== undefined) hits.set(id, { id, score: worth });
  }
  return [...hits.values()].sort((a, b) => b.score - a.score || a.id - b.id).slice(0, limit);
}

/** Score by score, until there are enough; the scores that nobody of the sample has are looked for together. */
export async function levelByLevel(ranking: Ranking, levels: readonly Level[], sample: Sample): Promise<Hit[]> {
  const sampled = ranked({ ...ranking, limit: SAMPLE }, sample.candidates);
  const hits: Hit[] = [];
  let rare: Level[] = [];
  for (const level of levels) {
    const first = sampled.filter(({ score }) => score === level.score);
    if (first.length === 0) {
      rare.push(level);
      continue;
    }
    hits.push(...(await bestOfLevels(roomIn(ranking, hits), rare)));
    rare = [];
    // The sample is ahead of all others of the same score.
    hits.push(...first.slice(0, ranking.limit - hits.length));
    hits.push(...(await levelInOrder(roomIn(ranking, hits), level, SAMPLE)));
    if (hits.length >= ranking.limit) return hits;
  }
  return [...hits, ...(await bestOfLevels(roomIn(ranking, hits), rare))];
}

/** The best hits of some levels: of all at once where they are few, else of the better ones before the others. */
export async function bestOfLevels(ranking: Ranking, levels: readonly Level[]): Promise<Hit[]> {
  if (ranking.limit === 0 || levels.length === 0) return [];
  const few = await candidatesOf(ranking, mostGeneral(levels.flatMap(({ combinations }) => combinations)));
  if (few) return hitsOfLevels(ranking, levels, few);
  if (levels.length === 1) return levelInOrder(ranking, levels[0]!, 0);
  // The last level alone is often as large as all together.
  const split = levels.length > 4 ? Math.ceil(levels.length / 2) : levels.length - 1;
  const better = await bestOfLevels(ranking, levels.slice(0, split));
  return [...better, ...(await bestOfLevels(roomIn(ranking, better), levels.slice(split)))];
}

/** Candidates of some levels may be of better ones, which were looked for before. */
function hitsOfLevels(ranking: Ranking, levels: readonly Level[], candidates: readonly Candidate[]): Hit[] {
  const scores = new Set(levels.map(({ score }) => score));
  const score: Scorer = (fields) => {
    const worth = ranking.score(fields);
    return worth !== undefined && scores.has(worth) ? worth : undefined;
  };
  return ranked({ ...ranking, score }, candidates);
}

/** All candidates of these combinations; undefined where they are too many to be ranked at once. */
export async function candidatesOf(
  ranking: Ranking,
  combinations: readonly Combination[],
): Promise<Candidate[] | undefined> {
  const all: Candidate[] = [];
  for (const combination of combinations) {
    const candidates = await candidatesOnce(ranking, combination);
    if (candidates === undefined) return undefined;
    all.push(...candidates);
    if (all.length > ranking.bounds.candidates) return undefined;
  }
  return all;
}

// A single one of the sample says little of how many there are.
const UNLIKELY = 2;

/** All of these where they are few enough to be ranked at once, which is not even tried where it is unlikely. */
export async function fewOf(ranking: Ranking, soughts: readonly Sought[]): Promise<Candidate[] | undefined> {
  const { candidates } = ranking.bounds;
  const likely = soughts.reduce((sum, sought) => sum + ranking.usersOf(sought), 0);
  if (likely > UNLIKELY * candidates) return undefined;
  const found: Candidate[] = [];
  for (const sought of soughts) {
    found.push(...(await anyOf(ranking, sought, candidates + 1)));
    if (found.length > candidates) return undefined;
  }
  return found;
}

async function candidatesOnce(ranking: Ranking, combination: Combination): Promise<Candidate[] | undefined> {
  const { words, looked } = ranking;
  const key = combination.join();
  if (!looked.has(key)) looked.set(key, await fewOf(ranking, [soughtBy(ranking, words, combination)]));
  return looked.get(key);
}

function levelInOrder(ranking: Ranking, level: Level, from: number): Promise<Hit[]> {
  const soughts = level.combinations.map((combination) => soughtBy(ranking, ranking.words, combination));
  const score: Scorer = (fields) => (ranking.score(fields) === level.score ? level.score : undefined);
  return inOrderOfIds({ ...ranking, score }, soughts, from);
}

/**
 * The hits of the lowest ids from `from` on among those sought, all of whom have one score: in more and more blocks of
 * ids, until there are enough.
 */
export async function inOrderOfIds(ranking: Ranking, soughts: readonly Sought[], from: number): Promise<Hit[]> {
  const hits: Hit[] = [];
  const last = ranking.limit > 0 ? await lastBlock(ranking) : -1;
  for (let block = 0, blocks = 1; block <= last && hits.length < ranking.limit; block += blocks, blocks *= 2) {
    const range = { from: block, to: Math.min(last, block + blocks - 1) };
    const room = roomIn(ranking, hits);
    const found: Hit[] = [];
    for (const sought of soughts) found.push(...(await lowestHits(room, sought, from, range)));
    const unique = new Map(found.map((hit) => [hit.id, hit]));
    hits.push(...[...unique.values()].sort((a, b) => a.id - b.id).slice(0, room.limit));
  }
  return hits;
}

/** The hits of the lowest ids in some blocks, page by page, since not every candidate is one. */
async function lowestHits(
  ranking: Ranking,
  sought: Sought,
  from: number,
  blocks: { from: number; to: number },
): Promise<Hit[]> {
  const { limit, bounds } = ranking;
  const hits: Hit[] = [];
  for (let first = from; hits.length < limit;) {
    const page = await lowestOf(ranking, sought, { first, blocks, most: bounds.page });
    hits.push(...ranked(ranking, page));
    if (page.length < bounds.page) break;
    first = page.at(-1)!.id + 1;
  }
  return hits;
}

let underWay = 0;
const MOST_UNDER_WAY = 2;

/**
 * The best hits of all those sought, however many they are: block by block of ids. The only search whose cost grows
 * with the number of users who fit: few at a time, and each for so long. Throws `unavailable` for more.
 */
export async function everyone(ranking: Ranking, soughts: readonly Sought[]): Promise<Hit[]> {
  if (underWay >= MOST_UNDER_WAY) throw tooMany();
  underWay += 1;
  try {
    return await blockByBlock(ranking, soughts, performance.now() + ranking.bounds.budgetMs);
  } finally {
    underWay -= 1;
  }
}

async function blockByBlock(ranking: Ranking, soughts: readonly Sought[], until: number): Promise<Hit[]> {
  const last = await lastBlock(ranking);
  let best: Hit[] = [];
  for (let block = 0; block <= last; block += 1) {
    const found: Hit[] = [...best];
    for (const sought of soughts) {
      if (performance.now() > until) throw tooMany();
      const blocks = { from: block, to: block };
      found.push(...ranked(ranking, await lowestOf(ranking, sought, { first: 0, blocks, most: null })));
    }
    const unique = new Map(found.map((hit) => [hit.id, hit]));
    best = [...unique.values()].sort((a, b) => b.score - a.score || a.id - b.id).slice(0, ranking.limit);
  }
  return best;
}

const tooMany = () =>
  new Problem('unavailable', 'Too many users fit so many words: give fewer words, or longer ones.', {
    headers: { 'retry-after': '5' },
  });
