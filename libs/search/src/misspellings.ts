import { type Misspelling, type QueryWord } from './score.js';
import { isClose } from './spelling.js';

/**
 * The words with what of them may be misspelt. One that is more than a run of letters, as an address is, counts as
 * misspelt only where nobody was found by it, and only by one mistake in a run of four letters or more.
 */
export const unsureWords = (words: readonly QueryWord[], nobody: boolean): QueryWord[] =>
  words.map((word) =>
    misspelt(
      word,
      runsOf(word.text).filter(({ run, most }) => most === 2 || (nobody && run.length >= 4)),
    ),
  );

/** These words with what each of their runs may have meant among the names. */
export const withMeanings = (words: readonly QueryWord[], names: ReadonlySet<string>): QueryWord[] =>
  words.map(({ misspellings = [], ...word }) =>
    misspelt(
      word,
      misspellings
        .map((one) => ({ ...one, names: [...names].filter((name) => isClose(one.run, name, one.most)) }))
        .filter(({ names }) => names.length > 0),
    ),
  );

const misspelt = (word: QueryWord, misspellings: Misspelling[]): QueryWord =>
  misspellings.length > 0 ? { ...word, misspellings } : word;

// Longer chains of runs are no address that somebody has misspelt.
const MOST_RUNS = 8;

function runsOf(word: string): Misspelling[] {
  const runs = [...word.matchAll(/[\p{L}\p{M}]+/gu)];
  return runs.slice(0, MOST_RUNS).map(({ 0: run, index }) => ({
    before: word.slice(0, index),
    run,
    after: word.slice(index + run.length),
    most: run === word ? 2 : 1,
  }));
}
