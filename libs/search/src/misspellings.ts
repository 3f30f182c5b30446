import { type Misspelling, type SoughtWord } from './ranking.js';
import { isClose } from './spelling.js';

/** A run of letters in a word, which may be misspelt. */
export interface UnsureRun {
  readonly word: SoughtWord;
  readonly before: string;
  readonly run: string;
  readonly after: string;
  /** How many mistakes it may have. */
  readonly most: 1 | 2;
}

interface Name {
  readonly name: string;
  readonly users?: number;
}

/**
 * What of these words may be misspelt. One that is more than a run of letters, as an address is, counts as misspelt
 * only where nobody was found by it, and only by one mistake in a run of four letters or more.
 */
export const unsureRuns = (words: readonly SoughtWord[], nobody: boolean): UnsureRun[] =>
  words
    .flatMap((word) => runsOf(word.text).map((run) => ({ ...run, word })))
    .map((run) => ({ ...run, most: run.run === run.word.text ? (2 as const) : (1 as const) }))
    .filter(({ run, most }) => most === 2 || (nobody && run.length >= 4));

/** The words with what each of these runs may have meant, in their order. */
export function withMeanings(
  words: readonly SoughtWord[],
  unsure: readonly UnsureRun[],
  names: readonly (readonly Name[])[],
): SoughtWord[] {
  const misspellings = unsure.map((run, at) => ({ word: run.word, ...meaning(run, names[at]!) }));
  return words.map((word) => {
    const meant = misspellings.filter((misspelling) => misspelling.word === word && misspelling.names.length > 0);
    return meant.length > 0 ? { ...word, misspellings: meant } : word;
  });
}

/** The words with what they may have meant among a few names. */
export function withMeaningsAmong(
  words: readonly SoughtWord[],
  unsure: readonly UnsureRun[],
  names: readonly string[],
): SoughtWord[] {
  const close = unsure.map(({ run, most }) => names.filter((name) => isClose(run, name, most)));
  return withMeanings(
    words,
    unsure,
    close.map((names) => names.map((name) => ({ name }))),
  );
}

const meaning = ({ before, after }: UnsureRun, names: readonly Name[]): Misspelling => ({
  before,
  names: names.map(({ name }) => name),
  after,
  users: names.reduce((sum, { users = 0 }) => sum + users, 0),
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
