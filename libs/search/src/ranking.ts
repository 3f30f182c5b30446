import { EDGE, isOneWord, MARK, marked, namesIn } from './text.js';
import { type Tier, TIERS } from './tokens.js';

/** How a word of the query may be there in a user: as one of the tiers, or as a close spelling. */
export const FITS = [...TIERS, 'close'] as const;
export type Fit = Tier | 'close';

/** How a word may be misspelt: one of its runs of letters stands for one of these names. */
export interface Misspelling {
  readonly before: string;
  readonly names: readonly string[];
  readonly after: string;
  /** How many users have one of the names, at most. */
  readonly users: number;
}

/** A folded word of the query. */
export interface SoughtWord {
  readonly text: string;
  /** How often the query has it: so often it counts. */
  readonly times: number;
  /** Without any, only what is spelt so fits. */
  readonly misspellings?: readonly Misspelling[];
}

// A query has at most 100 words; so a hundred worse fits never outweigh one better.
const BASE = 101;

/** What a fit adds to a user's score: the more words fit best the better, then second best, and so on. */
const WORTH = { exact: BASE ** 3, prefix: BASE ** 2, 'word prefix': BASE, inside: 1, close: 0 };

/** One way in which the words fit, word by word. */
export type Combination = readonly Fit[];

export const scoreOf = (words: readonly SoughtWord[], combination: Combination): number =>
  words.reduce((score, { times }, at) => score + times * WORTH[combination[at]!], 0);

/** How a word can fit: what is more than a run of letters and digits is never just the start of one. */
const fitsOf = ({ text, misspellings }: SoughtWord): readonly Fit[] =>
  (misspellings ? FITS : TIERS).filter((fit) => fit !== 'word prefix' || isOneWord(text));

/** Every combination of these words' fits: up to 4 to the power of the words, 5 with close spellings. */
export function combinationsOf(words: readonly SoughtWord[]): Combination[] {
  return words.reduce<Combination[]>(
    (combinations, word) => combinations.flatMap((combination) => fitsOf(word).map((fit) => [...combination, fit])),
    [[]],
  );
}

/** Those that no other of them includes: whoever has "jane" exactly also has it as a prefix and inside. */
export function mostGeneral(combinations: readonly Combination[]): Combination[] {
  return combinations.filter(
    (one) => !combinations.some((other) => other !== one && one.every((fit, at) => implies(fit, other[at]!))),
  );
}

function implies(fit: Fit, other: Fit): boolean {
  if (fit === other) return true;
  return (other === 'inside' && fit !== 'close') || (other === 'prefix' && fit === 'exact');
}

/** What a search text contains where the word fits in this way, or better. */
export function patternOf(word: string, tier: Tier): string {
  const text = marked(word);
  if (tier === 'inside') return text;
  if (tier === 'word prefix') return MARK + text;
  return tier === 'prefix' ? EDGE + text : EDGE + text + EDGE;
}

/** A search text's score by these words; undefined where a word doesn't fit. */
export type Scorer = (text: string) => number | undefined;

export function scorerOf(words: readonly SoughtWord[]): Scorer {
  const worths = words.map(worthOf);
  return (text) => {
    let score = 0;
    for (let at = 0; at < worths.length; at++) {
      const worth = worths[at]!(text);
      if (worth === undefined) return undefined;
      score += worth * words[at]!.times;
    }
    return score;
  };
}

function worthOf({ text, misspellings }: SoughtWord): Scorer {
  const patterns = TIERS.map((tier) => patternOf(text, tier));
  const [exact, prefix, wordPrefix, inside] = patterns as [string, string, string, string];
  const oneWord = isOneWord(text);
  return (fields) => {
    if (!fields.includes(inside)) return misspellings?.some(isMeantIn(fields)) ? WORTH.close : undefined;
    if (fields.includes(prefix)) return fields.includes(exact) ? WORTH.exact : WORTH.prefix;
    return oneWord && fields.includes(wordPrefix) ? WORTH['word prefix'] : WORTH.inside;
  };
}

/** With a name that the user has in the place of the misspelt one, the word would be inside a field. */
function isMeantIn(fields: string): (misspelling: Misspelling) => boolean {
  const had = namesIn(fields);
  return ({ before, names, after }) =>
    names.some((name) => had.has(name) && fields.includes(marked(before + name + after)));
}
