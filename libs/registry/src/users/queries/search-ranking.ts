import { type Tier, TIERS, tokensOfFit, tokensOfNames } from '../projections/search-tokens.js';

/** How a word of the query may be there in a user: as one of the tiers, or as a close spelling. */
export const FITS = [...TIERS, 'close'] as const;
export type Fit = Tier | 'close';

/** A part of a misspelt word, and the names that it may have meant. */
export interface Part {
  readonly text: string;
  readonly names: readonly string[];
}

/** A folded word of the query. */
export interface SoughtWord {
  readonly text: string;
  /** How often the query has it: so often it counts. */
  readonly times: number;
  /** What it may have meant, run by run of letters or digits; without it, only what is spelt so fits. */
  readonly parts?: readonly Part[];
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
    (combinations, { parts }) =>
      combinations.flatMap((combination) => (parts ? FITS : TIERS).map((fit) => [...combination, fit])),
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

  bind(value: unknown, type: 'text' | 'int[]' | 'text[]' | 'bigint[]' | 'int' | 'bigint'): string {
    return `$${this.list.push(value)}::${type}`;
  }
}

/** SQL for a user's score; null for a user whom a word doesn't fit. */
export function scoreSql(values: Values, words: readonly SoughtWord[]): string {
  return words.map((word) => `${word.times} * ${worthSql(values, word)}`).join(' + ');
}

function worthSql(values: Values, { text, parts }: SoughtWord): string {
  const has = (column: string, what: string) => `strpos(${column}, ${values.bind(what, 'text')}) > 0`;
  return `CASE
    WHEN NOT ${has('fields', text)} THEN ${parts ? `CASE WHEN ${closeSql(values, parts)} THEN 0 END` : 'NULL'}
    WHEN ${has('fields', `\n${text}\n`)} THEN ${worth('exact')}
    WHEN ${has('fields', `\n${text}`)} THEN ${worth('prefix')}
    WHEN ${has('inner_words', ` ${text}`)} THEN ${worth('word prefix')}
    ELSE ${worth('inside')} END`;
}

/** Every part is there or close to a name, and at least one is misspelt. */
function closeSql(values: Values, parts: readonly Part[]): string {
  const right = parts.map(({ text }) => `strpos(fields, ${values.bind(text, 'text')}) > 0`);
  const close = parts.map(({ names }) =>
    names.length > 0 ? `string_to_array(names, ' ') && ${values.bind(names, 'text[]')}` : 'false',
  );
  const either = parts.map((_, at) => `(${right[at]} OR ${close[at]})`);
  return `NOT (${right.join(' AND ')}) AND ${either.join(' AND ')}`;
}

/** SQL by which the index finds whoever fits by one of these combinations, and some who don't. */
export function candidatesSql(
  values: Values,
  environment: string,
  words: readonly SoughtWord[],
  combinations: readonly Combination[],
): string {
  return combinations.map((combination) => `(${branchSql(values, environment, words, combination)})`).join(' OR ');
}

function branchSql(values: Values, environment: string, words: readonly SoughtWord[], combination: Combination) {
  const needs = words.map((word, at) => needsOf(environment, word, combination[at]));
  const tokens = [...new Set(needs.flatMap(({ all }) => all))];
  const choices = needs.flatMap(({ any }) => (any.length > 0 ? [`tokens && ${values.bind(any, 'int[]')}`] : []));
  return [...(tokens.length > 0 ? [`tokens @> ${values.bind(tokens, 'int[]')}`] : []), ...choices].join(' AND ');
}

/** The tokens of whoever a word fits in this way: all of some, and any of others. */
function needsOf(environment: string, { text, parts = [] }: SoughtWord, fit: Fit | undefined) {
  if (fit === undefined) return { all: [], any: [] };
  if (fit !== 'close') return { all: tokensOfFit(environment, text, fit), any: [] };
  const right = parts.filter(({ names }) => names.length === 0);
  return {
    all: right.flatMap((part) => tokensOfFit(environment, part.text, 'inside')),
    any: tokensOfNames(environment, [...new Set(parts.flatMap(({ names }) => names))]),
  };
}
