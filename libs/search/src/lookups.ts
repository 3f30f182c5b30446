import { type Counts, type Place } from './counts.js';
import { type Fits, type Misspelling, patternOf, type QueryWord, type SpeltFit } from './score.js';
import { marked } from './text.js';
import { SAMPLE, tokensOfFit, tokensOfNames } from './tokens.js';

/** What the candidates that are looked up have in common; others may have it too. */
export interface Lookup {
  /** The tokens of each word, or part of one, that is there. */
  readonly tokens: readonly (readonly number[])[];
  /** Of the tokens of each choice at least one. */
  readonly choices: readonly (readonly number[])[];
  /** What the search text has; the parts of each in this order. */
  readonly patterns: readonly (readonly string[])[];
}

const ANYBODY: Lookup = { tokens: [], choices: [], patterns: [] };

const both = (one: Lookup, other: Lookup): Lookup => ({
  tokens: [...one.tokens, ...other.tokens],
  choices: [...one.choices, ...other.choices],
  patterns: [...one.patterns, ...other.patterns],
});

// What may be misspelt in several words is looked up by less, rather than in every combination.
const MOST_LOOKUPS = 4;

/** Together they find everybody whom the words fit so, or better. */
export function lookupsOf(place: Place, words: readonly QueryWord[], fits: Fits): Lookup[] {
  return words.reduce<Lookup[]>(
    (lookups, word, at) => {
      const fit = fits[at]!;
      const ways = fit === 'close' ? closeLookups(place, word) : [speltLookup(place, word.text, fit)];
      const some = lookups.length * ways.length <= MOST_LOOKUPS ? ways : [closeChoice(place, word)];
      return lookups.flatMap((lookup) => some.map((way) => both(lookup, way)));
    },
    [ANYBODY],
  );
}

const speltLookup = ({ environment }: Place, text: string, fit: SpeltFit): Lookup => ({
  ...ANYBODY,
  tokens: [tokensOfFit(environment, text, fit)],
  patterns: [[patternOf(text, fit)]],
});

const closeLookups = (place: Place, { text, misspellings = [] }: QueryWord): Lookup[] => [
  speltLookup(place, text, 'inside'),
  ...misspellings.map((misspelling) => meantLookup(place, misspelling)),
];

/** Those who have what is around a run of letters, and one of the names that it may stand for. */
function meantLookup(place: Place, { before, names, after }: Misspelling): Lookup {
  const { environment } = place;
  const around = [before, after].filter(Boolean);
  const tokens = around.map((text) => tokensOfFit(environment, text, 'inside'));
  const patterns = around.length > 0 ? [around.map(marked)] : [];
  if (names === undefined) return { tokens, choices: [], patterns };
  const pieces = around.length > 0 ? [names.map((name) => rarestPiece(place, before + name + after))] : [];
  return { tokens, choices: [tokensOfNames(environment, names), ...pieces], patterns };
}

/** One of these has whoever has the word as it is spelt or as it may have been meant. */
function closeChoice(place: Place, { text, misspellings = [] }: QueryWord): Lookup {
  const names = misspellings.flatMap(({ names }) => names ?? []);
  return { ...ANYBODY, choices: [[rarestPiece(place, text), ...tokensOfNames(place.environment, names)]] };
}

const rarestPiece = ({ environment, counts }: Place, text: string): number =>
  rarestTokens([tokensOfFit(environment, text, 'inside')], counts)[0]!;

/** How many users may be expected to be found, as if words and choices had nothing to do with each other. */
export function expectedOf({ counts }: Place, { tokens, choices }: Lookup): number {
  const usersOf = [
    ...tokens.map((ofWord) => Math.min(...ofWord.map(counts.of))),
    ...choices.map((choice) => choice.reduce((sum, token) => sum + counts.of(token), 0)),
  ];
  return usersOf.reduce((product, users) => product * Math.min(1, users / SAMPLE), SAMPLE * counts.samples);
}

// The index is slower with each token.
const MOST_TOKENS = 5;
/** What half of all users have rules out too few to be looked up beside something else. */
const COMMON = SAMPLE / 2;

/** The few tokens of these words that tell their users from others best, the rarest first. */
export function rarestTokens(words: Lookup['tokens'], counts: Counts): number[] {
  const [rarest, ...others] = [...new Set(words.flat())].sort((a, b) => counts.of(a) - counts.of(b));
  if (rarest === undefined) return [];
  return [rarest, ...others.filter((token) => counts.of(token) < COMMON).slice(0, MOST_TOKENS - 1)];
}
