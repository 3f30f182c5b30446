import { type Combination, scoreOf, type Scorer } from './ranking.js';
import { candidatesOf, everyone, type Hit, inOrderOfIds, type Ranking, ranked } from './levels.js';
import { soughtBy } from './sought.js';
import { type Candidate } from './statements.js';
import { isOneWord } from './text.js';
import { type Tier } from './tokens.js';

const BETTER: readonly Tier[] = ['exact', 'prefix', 'word prefix'];

/**
 * The best hits for so many words that their combinations are too many: first whoever has one word exactly, since these
 * are ahead of all others, then whoever has one as a prefix, and so on.
 */
export async function bestOfMany(ranking: Ranking): Promise<Hit[]> {
  const { words, limit } = ranking;
  const inside: Combination = words.map(() => 'inside');
  const better: Candidate[] = [];
  for (const tier of BETTER) {
    const candidates = await candidatesOf(ranking, combinationsWith(ranking, tier));
    if (candidates === undefined) return everyone(ranking, [soughtBy(ranking, words, inside)]);
    better.push(...candidates);
    const hits = ranked(ranking, better);
    if (hits.length >= limit) return hits;
  }
  const hits = ranked(ranking, better);
  const lowest = scoreOf(words, inside);
  const score: Scorer = (fields) => (ranking.score(fields) === lowest ? lowest : undefined);
  const rest = { ...ranking, score, limit: limit - hits.length };
  return [...hits, ...(await inOrderOfIds(rest, [soughtBy(ranking, words, inside)], 0))];
}

/** Each word in turn fits in this way, the others somehow. */
function combinationsWith({ words }: Ranking, tier: Tier): Combination[] {
  return words.flatMap(({ text }, at) =>
    tier === 'word prefix' && !isOneWord(text) ? [] : [words.map((_, other) => (other === at ? tier : 'inside'))],
  );
}
