import { marked } from '../projections/search-text.js';
import { tokensOfFit, tokensOfNames } from '../projections/search-tokens.js';
import { type Combination, patternOf, type SoughtWord } from './search-ranking.js';

/** What the search texts that are looked for have in common; others may have it too. */
export interface Sought {
  readonly tokens: readonly number[];
  /** Of each of these at least one. */
  readonly choices: readonly (readonly number[])[];
  /** The parts of each are there in this order. */
  readonly patterns: readonly (readonly string[])[];
}

const both = (one: Sought, other: Sought): Sought => ({
  tokens: [...new Set([...one.tokens, ...other.tokens])],
  choices: [...one.choices, ...other.choices],
  patterns: [...one.patterns, ...other.patterns],
});

const ANYBODY: Sought = { tokens: [], choices: [], patterns: [] };

/** Those whose words fit in these ways, or better. */
export function soughtBy(environment: string, words: readonly SoughtWord[], combination: Combination): Sought {
  const longest = Math.max(...words.map(({ text }) => text.length));
  const first = words.findIndex(({ text }) => text.length === longest);
  const tellsNothing = words.map(({ text }, at) => combination[at] === 'inside' && COMMON_LETTER.test(text));
  const someTell = tellsNothing.includes(false);
  return words
    .map((word, at): Sought => {
      const fit = combination[at]!;
      if (fit === 'close') return meantBy(environment, word);
      const { text } = word;
      const most = at === first ? OF_THE_LONGEST : mostOfOthers(longest);
      const tokens = tellsNothing[at] && someTell ? [] : tokensOfFit(environment, text, fit).slice(0, most);
      return { tokens, choices: [], patterns: [[patternOf(text, fit)]] };
    })
    .reduce(both, ANYBODY);
}

// Somewhere almost everybody has it, which the index is slow to say.
const COMMON_LETTER = /^[a-z0-9.@_-]$/;
// The longest word is the rarest. The index is slower with each token, and soon so much that it is faster to compare
// the text of those whom one more would rule out.
const OF_THE_LONGEST = 3;
const mostOfOthers = (longest: number): number => (longest < 8 ? 2 : 1);

/**
 * Those for whom a misspelt word may have been meant: they have one of the names, and of an address one of the rarest
 * pieces with the name in its place.
 */
function meantBy(environment: string, { misspellings = [] }: SoughtWord): Sought {
  const names = misspellings.flatMap(({ names }) => tokensOfNames(environment, names));
  const pieces = misspellings.flatMap(({ before, names, after }) =>
    before + after === '' ? [] : names.map((name) => tokensOfFit(environment, before + name + after, 'inside')[0]!),
  );
  const choices = [names, pieces].filter((choice) => choice.length > 0).map((choice) => [...new Set(choice)]);
  const [only, ...others] = misspellings;
  if (only === undefined || others.length > 0) return { ...ANYBODY, choices };
  const around = [only.before, only.after].filter((text) => text !== '');
  const tokens = around.flatMap((text) => tokensOfFit(environment, text, 'inside').slice(0, 2));
  return { tokens, choices, patterns: around.length > 0 ? [around.map(marked)] : [] };
}

/** Those who have the word as it is spelt, and those for whom it was meant, apart by what may be misspelt. */
const alternativesOf = (environment: string, word: SoughtWord): Sought[] => [
  soughtBy(environment, [word], ['inside']),
  ...meaningsOf(environment, word),
];

const meaningsOf = (environment: string, word: SoughtWord): Sought[] =>
  (word.misspellings ?? []).map((one) => meantBy(environment, { ...word, misspellings: [one] }));

/**
 * Those who have each word as it is spelt or as it may have been meant, in one or several statements; first with
 * as little as may be enough, then with more and more that costs more to look up. Of a word alone, those who have it as
 * it is spelt are known.
 */
export function soughtAlike(environment: string, words: readonly SoughtWord[]): Sought[][] {
  if (words.length === 1) return [meaningsOf(environment, words[0]!)];
  const sure = words.filter(({ misspellings }) => misspellings === undefined);
  const unsure = words.filter(({ misspellings }) => misspellings !== undefined);
  // The longer, the rarer.
  const [longest, ...others] = unsure.sort((a, b) => b.text.length - a.text.length);
  const spelt = soughtBy(
    environment,
    sure,
    sure.map(() => 'inside'),
  );
  const some = alternativesOf(environment, longest!).map((alternative) => both(spelt, alternative));
  if (others.length === 0) return [some];
  const choices = others.map((word) => choiceAlike(environment, word));
  return [some, some.map((sought) => both(sought, { ...ANYBODY, choices }))];
}

/** One of these has whoever has the word as it is spelt or as it may have been meant. */
const choiceAlike = (environment: string, word: SoughtWord): number[] => [
  tokensOfFit(environment, word.text, 'inside')[0]!,
  ...(meantBy(environment, word).choices.at(-1) ?? []),
];
