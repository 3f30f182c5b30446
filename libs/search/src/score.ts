import { EDGE, isOneWord, MARK, marked, namesIn } from './text.js';

/** How well a word of the query fits a user, best first. */
export const FITS = ['exact', 'prefix', 'word prefix', 'inside', 'close'] as const;
export type Fit = (typeof FITS)[number];
export type SpeltFit = Exclude<Fit, 'close'>;

/** How a word may be misspelt: one of its runs of letters stands for a name. */
export interface Misspelling {
  readonly before: string;
  readonly run: string;
  readonly after: string;
  /** How many mistakes the run may have. */
  readonly most: 1 | 2;
  /** What it may have meant; missing as long as that is any name. */
  readonly names?: readonly string[];
}

/** A folded word of the query. */
export interface QueryWord {
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

/** Below every score. */
export const NO_SCORE = -1;

/** How each word of the query fits, in their order. */
export type Fits = readonly Fit[];

const scoreOf = (words: readonly QueryWord[], fits: Fits): number =>
  words.reduce((score, { times }, at) => score + times * WORTH[fits[at]!], 0);

/** What whoever has this has as well: "jane" exactly is also a prefix and inside. */
const WEAKER: Partial<Record<Fit, Fit>> = { exact: 'prefix', prefix: 'inside', 'word prefix': 'inside' };

/** A name that was meant counts as close, and so does, where that is looked up, the word as it is spelt. */
const weaker = ({ misspellings }: QueryWord, fit: Fit): Fit | undefined =>
  fit === 'inside' && misspellings ? 'close' : WEAKER[fit];

const weakest = ({ misspellings }: QueryWord): Fit => (misspellings ? 'close' : 'inside');

/** How a word can fit: what is more than a run of letters and digits is never just the start of one. */
const fitsOf = ({ text, misspellings }: QueryWord): readonly Fit[] =>
  FITS.filter((fit) => (fit !== 'word prefix' || isOneWord(text)) && (fit !== 'close' || misspellings));

// With more words, the ways in which they fit are too many to be looked up one by one.
export const MOST_WORDS = 5;

/**
 * The weakest ways for the words to fit with more than `score`: whoever has more fits in one of them, or better. Of more
 * than five words, also others may.
 */
export function fitsAbove(words: readonly QueryWord[], score: number): Fits[] {
  const anyway = words.map(weakest);
  if (scoreOf(words, anyway) > score) return [anyway];
  if (words.length > MOST_WORDS) return oneWordAbove(words, score);
  const isAbove = (fits: Fits) => scoreOf(words, fits) > score;
  return allFits(words)
    .filter(isAbove)
    .filter((fits) => !weakerBySteps(words, fits).some(isAbove));
}

const allFits = (words: readonly QueryWord[]): Fits[] =>
  words.reduce<Fits[]>((all, word) => all.flatMap((fits) => fitsOf(word).map((fit) => [...fits, fit])), [[]]);

const weakerBySteps = (words: readonly QueryWord[], fits: Fits): Fits[] =>
  fits.flatMap((fit, at) => {
    const next = weaker(words[at]!, fit);
    return next ? [fits.with(at, next)] : [];
  });

/** Each word in turn fits so well that the score is above if the others do as well; the others fit anyhow. */
function oneWordAbove(words: readonly QueryWord[], score: number): Fits[] {
  const count = words.reduce((sum, { times }) => sum + times, 0);
  const isEnough = (fit?: Fit) => fit !== undefined && count * WORTH[fit] > score;
  const anyway = words.map(weakest);
  if (isEnough('inside')) return [anyway];
  return words.flatMap((word, at) =>
    fitsOf(word)
      .filter((fit) => isEnough(fit) && !isEnough(WEAKER[fit]))
      .map((fit) => anyway.with(at, fit)),
  );
}

/** What a search text contains where the word fits in this way, or better. */
export function patternOf(word: string, fit: SpeltFit): string {
  const text = marked(word);
  if (fit === 'inside') return text;
  if (fit === 'word prefix') return MARK + text;
  return fit === 'prefix' ? EDGE + text : EDGE + text + EDGE;
}

/** A search text's score by these words; undefined where a word doesn't fit. */
export type Scorer = (text: string) => number | undefined;

export function scorerOf(words: readonly QueryWord[]): Scorer {
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

function worthOf({ text, misspellings }: QueryWord): Scorer {
  const [exact, prefix, wordPrefix, inside] = (['exact', 'prefix', 'word prefix', 'inside'] as const).map((fit) =>
    patternOf(text, fit),
  ) as [string, string, string, string];
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
    (names ?? []).some((name) => had.has(name) && fields.includes(marked(before + name + after)));
}
