import { type Misspelling, type SoughtWord } from './search-ranking.js';
import { type Search } from './search-levels.js';
import { closeNames, type KnownName } from './search-spelling.js';

/**
 * The words with what they may have meant. One that is more than a run of letters, as an address is, counts as misspelt
 * only where nobody was found by it, and only by one mistake in a run of four letters or more.
 */
export async function withMisspellings({ db, environment, words }: Search, nobody: boolean): Promise<SoughtWord[]> {
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
