import { type Queryable } from '#platform';
import { bestHits } from './hits.js';
import { type SoughtWord } from './ranking.js';
import { wordsOfQuery } from './text.js';

/**
 * The ids of an environment's users who fit `q` best, at most `limit`, best first. Every word has to be in one of the
 * four fields, without regard to case and accents; close spellings come behind where there is room. `db` prepares its
 * statements. Throws `unavailable` where too many users fit too many words.
 */
export async function searchUsers(db: Queryable, environment: string, q: string, limit: number): Promise<number[]> {
  const words = soughtWords(q);
  if (words.length === 0) return [];
  const hits = await bestHits({ db, environment, words, limit });
  return hits.map(({ id }) => id);
}

/** The different words of a query, folded. */
export function soughtWords(q: string): SoughtWord[] {
  const times = new Map<string, number>();
  for (const word of wordsOfQuery(q)) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times].map(([text, times]) => ({ text, times }));
}
