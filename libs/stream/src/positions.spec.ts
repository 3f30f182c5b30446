import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatPosition, parsePosition, positionFormatter } from './positions.js';

const position = fc.nat({ max: 36 ** 10 - 1 });
const streamPosition = fc.record({
  first: fc.nat({ max: 36 ** 4 - 1 }),
  positions: fc.array(position, { minLength: 1, maxLength: 40 }),
});

describe('positions of a stream', () => {
  it('gives back every position from its text', () => {
    fc.assert(fc.property(streamPosition, (given) => expect(parsePosition(formatPosition(given))).toEqual(given)));
  });

  it('has one text for a position', () => {
    const text = fc.stringMatching(/^[0-9a-z]{1,5}-[0-9a-z]{1,11}(\.[0-9a-z]{1,11}){0,3}$/);
    fc.assert(
      fc.property(text, (text) => {
        const parsed = parsePosition(text);
        if (parsed) expect(formatPosition(parsed)).toBe(text);
      }),
    );
  });

  it('is short: a user has one partition, an environment all of them', () => {
    expect(formatPosition({ first: 7, positions: [1_000_000] })).toBe('7-lfls');
    expect(formatPosition({ first: 0, positions: [0, 35, 36] })).toBe('0-0.z.10');
  });

  it.each([
    '',
    '7',
    '7-',
    '-1',
    '07-1',
    '7-01',
    '7-1.',
    '7-1..2',
    '7-A',
    '7--1',
    '7-1 ',
    '7-zzzzzzzzzzz',
    '1-1\n',
    '٣-1',
  ])('takes %j for no position', (text) => expect(parsePosition(text)).toBeUndefined());

  it('formats the messages of one partition as if each position were formatted whole', () => {
    const inOnePartition = streamPosition.chain((given) =>
      fc.record({ given: fc.constant(given), at: fc.nat({ max: given.positions.length - 1 }), next: position }),
    );
    fc.assert(
      fc.property(inOnePartition, ({ given, at, next }) => {
        const positions = given.positions.with(at, next);
        expect(positionFormatter(given, given.first + at)(next)).toBe(formatPosition({ ...given, positions }));
      }),
    );
  });
});
