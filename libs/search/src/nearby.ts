import { namesIn } from './text.js';
import { SAMPLE } from './tokens.js';
import { fewOf, type Hit, type Ranking, ranked } from './levels.js';
import { type UnsureRun, withMeaningsAmong } from './misspellings.js';
import { scorerOf, type SoughtWord } from './ranking.js';
import { type Sought, soughtAround, soughtBy } from './sought.js';

// Of each, all names are compared with all that is unsure.
const MOST_USERS = 200;
/** What so many of the sample have at most. */
const RARE = 8;

/**
 * The best hits where what is sure of one of the words leaves so few users that their own names tell who may have been
 * meant, and no others have to be known; undefined where no word does.
 */
export async function hitsNearby(ranking: Ranking, unsure: readonly UnsureRun[]): Promise<Hit[] | undefined> {
  const rarest = rarestOf(ranking, unsure);
  if (rarest === undefined) return undefined;
  const { words, bounds } = ranking;
  const candidates = Math.min(bounds.candidates, MOST_USERS);
  const users = await fewOf({ ...ranking, bounds: { ...bounds, candidates } }, rarest);
  if (users === undefined) return undefined;
  const names = new Set(users.flatMap(({ fields }) => [...namesIn(fields)]));
  const meant = withMeaningsAmong(words, unsure, [...names]);
  return ranked({ ...ranking, score: scorerOf(meant) }, users);
}

/** Everybody whom the word fits that the fewest may have, as it is spelt or in a close spelling. */
function rarestOf(ranking: Ranking, unsure: readonly UnsureRun[]): Sought[] | undefined {
  const ways = ranking.words
    .filter((word) => unsure.every((run) => run.word !== word || run.run !== word.text))
    .map((word) => waysOf(ranking, word, unsure))
    .filter((soughts) => soughts.every(({ tokens }) => tokens.some((token) => ranking.howCommon(token) <= RARE)))
    .map((soughts) => ({ soughts, likely: soughts.reduce((sum, sought) => sum + likelihoodOf(ranking, sought), 0) }))
    .sort((a, b) => a.likely - b.likely);
  return ways[0]?.soughts;
}

const waysOf = (ranking: Ranking, word: SoughtWord, unsure: readonly UnsureRun[]): Sought[] => [
  soughtBy(ranking, [word], ['inside']),
  ...unsure.filter((run) => run.word === word).map(({ before, after }) => soughtAround(ranking, before, after)),
];

/** That a user has all tokens, if they had nothing to do with each other. */
const likelihoodOf = ({ howCommon }: Ranking, { tokens }: Sought): number =>
  tokens.reduce((product, token) => (product * (howCommon(token) + 1)) / SAMPLE, 1);
