import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distance, isClose, oneMistakeAway } from './spelling.js';

/** The definition, word for word: the fewest mistakes, no letter touched twice. */
function distanceSlowly(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const wrong = a[0] === b[0] ? 0 : 1;
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return Math.min(
    distanceSlowly(a.slice(1), b) + 1,
    distanceSlowly(a, b.slice(1)) + 1,
    distanceSlowly(a.slice(1), b.slice(1)) + wrong,
    ...(swapped ? [distanceSlowly(a.slice(2), b.slice(2)) + 1] : []),
  );
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('the distance of two words', () => {
  it('is the number of mistakes, or more than asked for', () => {
    fc.assert(
      fc.property(word, word, fc.constantFrom(1, 2), (a, b, most) => {
        expect(Math.min(distance(a, b, most), most + 1)).toBe(Math.min(distanceSlowly(a, b), most + 1));
      }),
    );
  });
});

describe('the words at one mistake', () => {
  it('are all those of the alphabet at that distance', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(letters, word, (sought, other) => {
        expect(oneMistakeAway(sought).includes(other)).toBe(distanceSlowly(sought, other) === 1);
      }),
      { numRuns: 300 },
    );
  });

  it('are few enough to be looked up, however long the word', () => {
    expect(oneMistakeAway('x'.repeat(200))).toEqual([]);
    expect(oneMistakeAway('abcdefghijklmnopqrstuvwxyzabcdef').length).toBeLessThan(2_000);
  });
});

describe('close spellings', () => {
  it('have one mistake where more are not allowed', () => {
    expect(isClose('christopehr', 'christopher', 1)).toBe(true);
    expect(isClose('chirstopehr', 'christopher', 1)).toBe(false);
    expect(isClose('chirstopehr', 'christopher', 2)).toBe(true);
  });

  it.each([
    ['jnae', 'jane'],
    ['jan', 'jane'],
    ['smyth', 'smith'],
    ['chirstohper', 'christopher'],
    ['jonhatan', 'jonathan'],
    ['rodriques', 'rodriguez'],
    ['мраия', 'мария'],
  ])('takes %s for %s', (sought, name) => {
    expect(isClose(sought, name, 2)).toBe(true);
  });

  it.each([
    ['jane', 'jane', 'it is no misspelling'],
    ['jo', 'jon', 'two letters are too few'],
    ['jeanne', 'jane', 'two mistakes are too many in a short word'],
    ['christopher', 'krystopher', 'the start is wrong'],
  ])('does not take %s for %s: %s', (sought, name) => {
    expect(isClose(sought, name, 2)).toBe(false);
  });
});
