import { marked } from './text.js';
import { type HowCommon, tokensOfFit, tokensOfNames } from './tokens.js';
import { type Combination, patternOf, type SoughtWord } from './ranking.js';

/** What the search texts that are looked for have in common; others may have it too. */
export interface Sought {
  readonly tokens: readonly number[];
  /** Of each of these at least one. */
  readonly choices: readonly (readonly number[])[];
  /** The parts of each are there in this order. */
  readonly patterns: readonly (readonly string[])[];
}

/** Where is looked, and how common a token is there. */
export interface Where {
  readonly environment: string;
  readonly howCommon: HowCommon;
}

const both = (one: Sought, other: Sought): Sought => ({
  tokens: [...new Set([...one.tokens, ...other.tokens])],
  choices: [...one.choices, ...other.choices],
  patterns: [...one.patterns, ...other.patterns],
});

const ANYBODY: Sought = { tokens: [], choices: [], patterns: [] };

/** Those whose words fit in these ways, or better. */
export function soughtBy(where: Where, words: readonly SoughtWord[], combination: Combination): Sought {
  const { environment, howCommon } = where;
  const longest = Math.max(...words.map(({ text }) => text.length));
  const first = rarestOf(where, words);
  const tellsNothing = words.map(({ text }, at) => combination[at] === 'inside' && COMMON_LETTER.test(text));
  const someTell = tellsNothing.includes(false);
  return words
    .map((word, at): Sought => {
      const fit = combination[at]!;
      if (fit === 'close') return meantBy(where, word);
      const { text } = word;
      const most = at === first ? OF_THE_LONGEST : mostOfOthers(longest);
      const tokens = tellsNothing[at] && someTell ? [] : tokensOfFit(environment, text, fit, howCommon).slice(0, most);
      return { tokens, choices: [], patterns: [[patternOf(text, fit)]] };
    })
    .reduce(both, ANYBODY);
}

// Somewhere almost everybody has it, which the index is slow to say.
const COMMON_LETTER = /^[a-z0-9.@_-]$/;
/** Which of the words has the rarest piece, of several the longest. */
function rarestOf({ environment, howCommon }: Where, words: readonly SoughtWord[]): number {
  if (words.length === 1) return 0;
  const users = words.map(({ text }) =>
    Math.min(...tokensOfFit(environment, text, 'inside', howCommon).map((token) => howCommon(token))),
  );
  const isRarer = (one: number, other: number) =>
    users[one]! - users[other]! || words[other]!.text.length - words[one]!.text.length;
  return words.map((_, at) => at).sort(isRarer)[0]!;
}

// The index is slower with each token, and soon so much that it is faster to compare
// the text of those whom one more would rule out.
const OF_THE_LONGEST = 3;
const mostOfOthers = (longest: number): number => (longest < 8 ? 2 : 1);

/**
 * Those for whom a misspelt word may have been meant: they have one of the names, and of an address one of the rarest
 * pieces with the name in its place.
 */
function meantBy(where: Where, { misspellings = [] }: SoughtWord): Sought {
  const { environment, howCommon } = where;
  const names = misspellings.flatMap(({ names }) => tokensOfNames(environment, names));
  const pieces = misspellings.flatMap(({ before, names, after }) =>
    before + after === ''
      ? []
      : names.map((name) => tokensOfFit(environment, before + name + after, 'inside', howCommon)[0]!),
  );
  const choices = [names, pieces].filter((choice) => choice.length > 0).map((choice) => [...new Set(choice)]);
  const [only, ...others] = misspellings;
  if (only === undefined || others.length > 0) return { ...ANYBODY, choices };
  return { ...soughtAround(where, only.before, only.after), choices };
}

/** Those who have what is before a run of letters and what is behind it, whatever is between. */
export function soughtAround({ environment, howCommon }: Where, before: string, after: string): Sought {
  const around = [before, after].filter((text) => text !== '');
  const tokens = around.flatMap((text) => tokensOfFit(environment, text, 'inside', howCommon).slice(0, 2));
  return { ...ANYBODY, tokens, patterns: around.length > 0 ? [around.map(marked)] : [] };
}

/** Those who have the word as it is spelt, and those for whom it was meant, apart by what may be misspelt. */
const alternativesOf = (where: Where, word: SoughtWord): Sought[] => [
  soughtBy(where, [word], ['inside']),
  ...meaningsOf(where, word),
];

const meaningsOf = (where: Where, word: SoughtWord): Sought[] =>
  (word.misspellings ?? []).map((one) => meantBy(where, { ...word, misspellings: [one] }));

/**
 * Those who have each word as it is spelt or as it may have been meant, in one or several statements; first with
 * as little as may be enough, then with more and more that costs more to look up. Of a word alone, those who have it as
 * it is spelt are known.
 */
export function soughtAlike(where: Where, words: readonly SoughtWord[]): Sought[][] {
  if (words.length === 1) return [meaningsOf(where, words[0]!)];
  const sure = words.filter(({ misspellings }) => misspellings === undefined);
  const unsure = words.filter(({ misspellings }) => misspellings !== undefined);
  // The longer, the rarer.
  const [longest, ...others] = unsure.sort((a, b) => b.text.length - a.text.length);
  const spelt = soughtBy(
    where,
    sure,
    sure.map(() => 'inside'),
  );
  const some = alternativesOf(where, longest!).map((alternative) => both(spelt, alternative));
  if (others.length === 0) return [some];
  const choices = others.map((word) => choiceAlike(where, word));
  return [some, some.map((sought) => both(sought, { ...ANYBODY, choices }))];
}

/** One of these has whoever has the word as it is spelt or as it may have been meant. */
const choiceAlike = (where: Where, word: SoughtWord): number[] => [
  tokensOfFit(where.environment, word.text, 'inside', where.howCommon)[0]!,
  ...(meantBy(where, word).choices.at(-1) ?? []),
];
