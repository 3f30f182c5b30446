import { type Tier, TIERS, tokensOfFit, tokensOfNames } from '../projections/search-tokens.js';

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
const worth = (fit: Fit): number => (fit === 'close' ? 0 : BASE ** (TIERS.length - 1 - FITS.indexOf(fit)));

/** One way in which the words fit, word by word; undefined where it doesn't matter. */
export type Combination = readonly (Fit | undefined)[];

export const scoreOf = (words: readonly SoughtWord[], combination: Combination): number =>
  words.reduce((score, { times }, at) => score + times * worth(combination[at] ?? 'close'), 0);

/** Every combination of these words' fits: 4 to the power of the words, 5 with close spellings. */
export function combinationsOf(words: readonly SoughtWord[]): Combination[] {
  return words.reduce<Combination[]>(
    (combinations, { misspellings }) =>
      combinations.flatMap((combination) => (misspellings ? FITS : TIERS).map((fit) => [...combination, fit])),
    [[]],
  );
}

/** Those that no other of them includes: whoever has "jane" exactly also has it as a prefix and inside. */
export function mostGeneral(combinations: readonly Combination[]): Combination[] {
  return combinations.filter(
    (one) => !combinations.some((other) => other !== one && one.every((fit, at) => implies(fit, other[at]))),
  );
}

function implies(fit: Fit | undefined, other: Fit | undefined): boolean {
  if (fit === other) return true;
  return (other === 'inside' && fit !== 'close') || (other === 'prefix' && fit === 'exact');
}

/** The values of a statement; `bind` gives the placeholder of one. */
export class Values {
  readonly list: unknown[] = [];

  bind(value: unknown, type: 'text' | 'text[]' | 'int[]' | 'bigint[]' | 'int' | 'bigint'): string {
    return `$${this.list.push(value)}::${type}`;
  }
}

/** SQL for a user's score; null for a user whom a word doesn't fit. */
export function scoreSql(values: Values, words: readonly SoughtWord[]): string {
  return words.map((word) => `${word.times} * ${worthSql(values, word)}`).join(' + ');
}

function worthSql(values: Values, { text, misspellings = [] }: SoughtWord): string {
  const has = (column: string, what: string) => `strpos(${column}, ${values.bind(what, 'text')}) > 0`;
  const close = misspellings.map((misspelling) => `WHEN ${closeSql(values, misspelling)} THEN ${worth('close')}`);
  return `CASE
    WHEN NOT ${has('fields', text)} THEN CASE WHEN false THEN 0 ${close.join(' ')} END
    WHEN ${has('fields', `\n${text}\n`)} THEN ${worth('exact')}
    WHEN ${has('fields', `\n${text}`)} THEN ${worth('prefix')}
    WHEN ${has('inner_words', ` ${text}`)} THEN ${worth('word prefix')}
    ELSE ${worth('inside')} END`;
}

/** With a name that the user has in the place of the misspelt one, the word would be inside a field. */
function closeSql(values: Values, { before, names, after }: Misspelling): string {
  const meant = values.bind(names, 'text[]');
  if (before + after === '') return `string_to_array(names, ' ') && ${meant}`;
  const word = `${values.bind(before, 'text')} || name || ${values.bind(after, 'text')}`;
  return `EXISTS (SELECT FROM unnest(${meant}) AS name
    WHERE strpos(names, ' ' || name || ' ') > 0 AND strpos(fields, ${word}) > 0)`;
}

/**
 * Sets of tokens such that whoever fits by one of these combinations has all of a set, and others may too. There is one
 * for each name that a misspelt word may have meant.
 */
export function tokenSets(
  environment: string,
  words: readonly SoughtWord[],
  combinations: readonly Combination[],
): number[][] {
  return combinations.flatMap((combination) => {
    const right = words.flatMap(({ text }, at) => {
      const fit = combination[at];
      return fit === undefined || fit === 'close' ? [] : [{ text, fit }];
    });
    right.sort((a, b) => b.text.length - a.text.length);
    const sure = right.flatMap(({ text, fit }) => tokensOfFit(environment, text, fit));
    const misspelt = words.filter((_, at) => combination[at] === 'close');
    if (misspelt.length === 0) return [sure];
    return misspeltSets(environment, misspelt).map((tokens) => [...tokens, ...sure.slice(0, MOST_BESIDE_NAMES)]);
  });
}

// Comparing the text of so many is faster than to look for each pair of names.
const FEW_USERS = 2_000;
const MOST_SETS = 2_000;
// A name is rare already: each further token, those of the longest word first, soon costs more than it rules out.
const MOST_BESIDE_NAMES = 2;

function misspeltSets(environment: string, misspelt: readonly SoughtWord[]): number[][] {
  const byRarity = [...misspelt].sort((a, b) => usersOf(a) - usersOf(b) || b.text.length - a.text.length);
  const [rarest, ...others] = byRarity;
  const sets = meantTokens(environment, rarest!);
  if (usersOf(rarest!) <= FEW_USERS) return sets;
  return others.reduce((sets, word) => {
    const choices = meantTokens(environment, word);
    const tooMany = sets.length * choices.length > MOST_SETS;
    return tooMany ? sets : sets.flatMap((set) => choices.map((tokens) => [...set, ...tokens]));
  }, sets);
}

// What stands around a name in an address is rarer than any name.
const usersOf = ({ misspellings = [] }: SoughtWord): number =>
  misspellings.reduce((sum, { before, users, after }) => (before + after === '' ? sum + users : sum), 0);

/** What a user has for each name that may have been meant: the name, and pieces of the word with it. */
function meantTokens(environment: string, { misspellings = [] }: SoughtWord): number[][] {
  return misspellings.flatMap(({ before, names, after }) =>
    names.map((name) => {
      const meant = before + name + after;
      return [
        ...tokensOfNames(environment, [name]),
        ...(meant === name ? [] : tokensOfFit(environment, meant, 'inside').slice(0, 3)),
      ];
    }),
  );
}
