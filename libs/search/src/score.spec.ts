import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Fit, FITS, fitsAbove, NO_SCORE, type QueryWord, scorerOf } from './score.js';
import { searchTextOf } from './text.js';

const misspellings = [{ before: '', run: 'maent', after: '', most: 1 as const, names: ['meant'] }];
const STEMS = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqr', 'stu'];
const words = (most: number) =>
  fc
    .array(fc.record({ times: fc.integer({ min: 1, max: 3 }), isUnsure: fc.boolean() }), {
      minLength: 1,
      maxLength: most,
    })
    .map((all) =>
      all.map(({ times, isUnsure }, at): QueryWord => ({ text: STEMS[at]!, times, ...(isUnsure && { misspellings }) })),
    );

// Whoever has a word exactly has it as a prefix and inside too; where it may be misspelt, everybody counts as close.
const HAS: Record<Fit, readonly Fit[]> = {
  exact: ['exact', 'prefix', 'inside', 'close'],
  prefix: ['prefix', 'inside', 'close'],
  'word prefix': ['word prefix', 'inside', 'close'],
  inside: ['inside', 'close'],
  close: ['close'],
};
const worth = { exact: 101 ** 3, prefix: 101 ** 2, 'word prefix': 101, inside: 1, close: 0 };
const scoreOf = (words: readonly QueryWord[], fits: readonly Fit[]) =>
  words.reduce((sum, { times }, at) => sum + times * worth[fits[at]!], 0);
const isIn = (fits: readonly Fit[], weakest: readonly Fit[]) =>
  fits.every((fit, at) => HAS[fit].includes(weakest[at]!));

describe('the weakest ways for words to fit above a score', () => {
  const pickOf = (words: readonly QueryWord[]) =>
    fc.tuple(
      ...words.map(({ misspellings }) => fc.constantFrom(...FITS.filter((fit) => fit !== 'close' || misspellings))),
    );
  const scored = (most: number) =>
    words(most).chain((words) => fc.record({ words: fc.constant(words), least: pickOf(words), fits: pickOf(words) }));

  it('cover whoever scores above, of any number of words', () => {
    fc.assert(
      fc.property(scored(7), ({ words, least, fits }) => {
        const weakest = fitsAbove(words, scoreOf(words, least));
        if (scoreOf(words, fits) > scoreOf(words, least)) expect(weakest.some((one) => isIn(fits, one))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('cover nobody else, of up to five words', () => {
    fc.assert(
      fc.property(scored(5), ({ words, least, fits }) => {
        const weakest = fitsAbove(words, scoreOf(words, least));
        expect(weakest.some((one) => isIn(fits, one))).toBe(scoreOf(words, fits) > scoreOf(words, least));
      }),
      { numRuns: 500 },
    );
  });

  it('are one while any score will do, and none above the best', () => {
    fc.assert(
      fc.property(words(7), (words) => {
        expect(fitsAbove(words, NO_SCORE)).toHaveLength(1);
        expect(
          fitsAbove(
            words,
            scoreOf(
              words,
              words.map(() => 'exact'),
            ),
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('a score', () => {
  const text = searchTextOf({ username: 'jane', email: 'smith@x', firstName: 'Mary Jo', lastName: 'Meant' });
  const score = (...words: QueryWord[]) => scorerOf(words)(text);

  it('is worth more for one better word than for all others that fit worse', () => {
    const many = Array.from({ length: 99 }, (): QueryWord => ({ text: 'smi', times: 1 }));
    expect(score({ text: 'jane', times: 1 }, ...many.map((word) => ({ ...word, text: 'mit' })))).toBeGreaterThan(
      score({ text: 'jan', times: 1 }, ...many)!,
    );
  });

  it('counts a word as often as the query has it', () => {
    expect(score({ text: 'jo', times: 3 })).toBe(3 * score({ text: 'jo', times: 1 })!);
  });

  it('is none where a word is neither there nor meant', () => {
    expect(score({ text: 'jane', times: 1 }, { text: 'maent', times: 1 })).toBeUndefined();
    expect(score({ text: 'maent', times: 1, misspellings })).toBe(0);
  });
});
