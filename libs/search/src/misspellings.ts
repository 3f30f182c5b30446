import { type Misspelling, type QueryWord } from './score.js';
import { isClose } from './spelling.js';

/** A run of letters in a word, which may be misspelt. */
export interface UnsureRun {
  readonly word: QueryWord;
  readonly before: string;
  readonly run: string;
  readonly after: string;
  /** How many mistakes it may have. */
  readonly most: 1 | 2;
}

/**
 * What of these words may be misspelt. One that is more than a run of letters, as an address is, counts as misspelt
 * only where nobody was found by it, and only by one mistake in a run of four letters or more.
 */
export const unsureRuns = (words: readonly QueryWord[], nobody: boolean): UnsureRun[] =>
  words
    .flatMap((word) => runsOf(word.text).map((run) => ({ ...run, word })))
    .map((run) => ({ ...run, most: run.run === run.word.text ? (2 as const) : (1 as const) }))
    .filter(({ run, most }) => most === 2 || (nobody && run.length >= 4));

/** The words with what each of these runs may have meant among these names; without them, any name. */
export function withMeanings(
  words: readonly QueryWord[],
  unsure: readonly UnsureRun[],
  names?: ReadonlySet<string>,
): QueryWord[] {
  return words.map((word) => {
    const misspellings = unsure
      .filter((run) => run.word === word)
      .map((run) => meaning(run, names))
      .filter(({ names }) => names?.length !== 0);
    return misspellings.length > 0 ? { ...word, misspellings } : word;
  });
}

const meaning = ({ before, run, after, most }: UnsureRun, names?: ReadonlySet<string>): Misspelling => ({
  before,
  names: names && [...names].filter((name) => isClose(run, name, most)),
  after,
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
