import { Problem, type Queryable } from '#platform';
import { type Candidate, fewCandidates } from './candidates.js';
import { countsIn } from './counts.js';
import { expectedOf, lookupsOf } from './lookups.js';
import { unsureWords, withMeanings } from './misspellings.js';
import { best, bestHits, type Bounds, type Hit, type Search } from './ranking.js';
import { type QueryWord } from './score.js';
import { closeNames } from './spelling.js';
import { namesIn, wordsOfQuery } from './text.js';

const BOUNDS: Bounds = { few: 300, budgetMs: 3_000 };
/** Longer lists of words are spelt right or not found. */
const MOST_MISSPELT = 10;

/**
 * The ids of an environment's users who fit `q` best, at most `limit`, best first. Every word has to be in one of the
 * four fields, without regard to case and accents; close spellings come behind where there is room. `db` prepares its
 * statements. Throws `unavailable` where too many users fit too many words.
 */
export async function searchUsers(
  db: Queryable,
  environment: string,
  { q, limit }: { q: string; limit: number },
  bounds = BOUNDS,
): Promise<number[]> {
  const words = queryWords(q);
  if (words.length === 0) return [];
  const counts = await countsIn(db, environment);
  const search = { db, environment, counts, words, limit, bounds, known: new Set<number>() };
  const hits = await bestHits(search);
  const close = hits.length < limit && words.length <= MOST_MISSPELT ? await closeHits(search, hits) : [];
  return [...hits, ...close].map(({ id }) => id);
}

/** The different words of a query, folded. */
function queryWords(q: string): QueryWord[] {
  const times = new Map<string, number>();
  for (const word of wordsOfQuery(q)) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times].map(([text, times]) => ({ text, times }));
}

/** The best hits of which at least one word is there in a close spelling alone. */
async function closeHits(search: Search, hits: readonly Hit[]): Promise<Hit[]> {
  const words = unsureWords(search.words, hits.length === 0);
  const known = new Set(hits.map(({ id }) => id));
  const close = bestMeant({ ...search, words, known, limit: search.limit - hits.length });
  return hits.length > 0 ? close.catch(noneIfTooMany) : close;
}

/** Close spellings come when there is room: what would cost too much does not take the place of what was found. */
function noneIfTooMany(error: unknown): Hit[] {
  if (error instanceof Problem) return [];
  throw error;
}

async function bestMeant(search: Search): Promise<Hit[]> {
  const { db, environment, words } = search;
  const unsure = words.flatMap(({ misspellings = [] }) => misspellings);
  if (unsure.length === 0) return [];
  const users = await usersAround(search);
  const names = users ? users.flatMap(({ fields }) => [...namesIn(fields)]) : await closeNames(db, environment, unsure);
  const meant = { ...search, words: withMeanings(words, new Set(names)) };
  if (meant.words.every(({ misspellings }) => misspellings === undefined)) return [];
  return users ? best(meant, [], users) : bestHits(meant);
}

// The names of each are compared with all that is unsure.
const MOST_AROUND = 200;
// A guess that is too high, as long as each part is looked up by its rarest piece alone.
const MOST_EXPECTED = 8_000;

/**
 * Everybody who has what is sure of the rarest word, if they are few: then their own names tell who may have been meant,
 * and no others have to be known.
 */
async function usersAround(search: Search): Promise<Candidate[] | undefined> {
  const { words, bounds } = search;
  const [rarest] = words
    .map((word) => lookupsOf(search, [word], [word.misspellings ? 'close' : 'inside']))
    .filter((lookups) => lookups.every(({ tokens }) => tokens.length > 0))
    .map((lookups) => ({ lookups, users: lookups.reduce((sum, lookup) => sum + expectedOf(search, lookup), 0) }))
    .sort((a, b) => a.users - b.users);
  if (rarest === undefined || rarest.users > MOST_EXPECTED) return undefined;
  return fewCandidates(search, rarest.lookups, Math.min(MOST_AROUND, bounds.few * words.length));
}
