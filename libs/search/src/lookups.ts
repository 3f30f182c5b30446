import { type Counts } from './counts.js';
import { type Fits, type Misspelling, patternOf, type QueryWord, type SpeltFit } from './score.js';
import { marked } from './text.js';
import { SAMPLE, tokensOfFit, tokensOfNames, type WordToken } from './tokens.js';

/** What the candidates that are looked up have in common; others may have it too. */
export interface Lookup {
  /** The tokens of each run of letters that is there. */
  readonly runs: readonly (readonly WordToken[])[];
  /** Of the tokens of each choice at least one. */
  readonly choices: readonly (readonly number[])[];
  /** What the search text has; the parts of each in this order. */
  readonly patterns: readonly (readonly string[])[];
}

/** An environment, and how common tokens are there. */
export interface Counted {
  readonly environment: string;
  readonly counts: Counts;
}

const ANYBODY: Lookup = { runs: [], choices: [], patterns: [] };

const both = (one: Lookup, other: Lookup): Lookup => ({
  runs: [...one.runs, ...other.runs],
  choices: [...one.choices, ...other.choices],
  patterns: [...one.patterns, ...other.patterns],
});

// What may be misspelt in several words is looked up by less, rather than in every combination.
const MOST_LOOKUPS = 4;

/** Together they find everybody whom the words fit so, or better. */
export function lookupsOf(counted: Counted, words: readonly QueryWord[], fits: Fits): Lookup[] {
  return words.reduce<Lookup[]>(
    (lookups, word, at) => {
      const fit = fits[at]!;
      const ways = fit === 'close' ? closeLookups(counted, word) : [speltLookup(counted, word.text, fit)];
      const some = lookups.length * ways.length <= MOST_LOOKUPS ? ways : [closeChoice(counted, word)];
      return lookups.flatMap((lookup) => some.map((way) => both(lookup, way)));
    },
    [ANYBODY],
  );
}

const speltLookup = ({ environment }: Counted, text: string, fit: SpeltFit): Lookup => ({
  ...ANYBODY,
  runs: [tokensOfFit(environment, text, fit)],
  patterns: [[patternOf(text, fit)]],
});

const closeLookups = (counted: Counted, { text, misspellings = [] }: QueryWord): Lookup[] => [
  speltLookup(counted, text, 'inside'),
  ...misspellings.map((misspelling) => meantLookup(counted, misspelling)),
];

/** Those who have what is around a run of letters, and one of the names that it may stand for. */
function meantLookup(counted: Counted, { before, names, after }: Misspelling): Lookup {
  const { environment } = counted;
  const around = [before, after].filter(Boolean);
  const runs = around.map((text) => tokensOfFit(environment, text, 'inside'));
  const patterns = around.length > 0 ? [around.map(marked)] : [];
  if (names === undefined) return { runs, choices: [], patterns };
  const pieces = around.length > 0 ? [names.map((name) => rarestPiece(counted, before + name + after))] : [];
  return { runs, choices: [tokensOfNames(environment, names), ...pieces], patterns };
}

/** One of these has whoever has the word as it is spelt or as it may have been meant. */
function closeChoice(counted: Counted, { text, misspellings = [] }: QueryWord): Lookup {
  const names = misspellings.flatMap(({ names }) => names ?? []);
  return { ...ANYBODY, choices: [[rarestPiece(counted, text), ...tokensOfNames(counted.environment, names)]] };
}

const rarestPiece = ({ environment, counts }: Counted, text: string): number =>
  rarestTokens([tokensOfFit(environment, text, 'inside')], counts)[0]!;

/** How many users may be expected to be found, as if the runs and choices had nothing to do with each other. */
export function expectedOf({ counts }: Counted, { runs, choices }: Lookup): number {
  const usersOf = [
    ...runs.map((tokens) => Math.min(...tokens.map(({ token }) => counts.of(token)))),
    ...choices.map((tokens) => tokens.reduce((sum, token) => sum + counts.of(token), 0)),
  ];
  return usersOf.reduce((product, users) => product * Math.min(1, users / SAMPLE), SAMPLE * counts.samples);
}

// The index is slower with each token.
const MOST_TOKENS = 4;
/** Tokens that share letters rule out the same users, and so each further one counts as so much more common. */
const OVERLAPPING = 4;
/** What half of all users have rules out too few to be looked up beside something else. */
const COMMON = SAMPLE / 2;

/** The few tokens of these runs that tell their users from others best, the rarest first. */
export function rarestTokens(runs: Lookup['runs'], counts: Counts): number[] {
  let left = runs.flatMap((tokens, run) => tokens.map((one) => ({ ...one, run, users: 1 + counts.of(one.token) })));
  const chosen: typeof left = [];
  const overlaps = (one: (typeof left)[0]) =>
    chosen.some((other) => other.run === one.run && other.from < one.to && one.from < other.to);
  const cost = (one: (typeof left)[0]) => one.users * (overlaps(one) ? OVERLAPPING : 1);
  while (left.length > 0 && chosen.length < MOST_TOKENS) {
    const rarest = left.reduce((best, one) => (cost(one) < cost(best) ? one : best));
    if (chosen.length > 0 && cost(rarest) > COMMON) break;
    chosen.push(rarest);
    left = left.filter(({ token }) => token !== rarest.token);
  }
  return chosen.map(({ token }) => token);
}
