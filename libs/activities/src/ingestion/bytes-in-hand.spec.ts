import { describe, expect, it } from '@jest/globals';
import { BytesInHand } from './bytes-in-hand.js';

const refusal = expect.objectContaining({ code: 'overloaded', more: { headers: { 'retry-after': '1' } } });
const refusalOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('the bytes that a process has in hand', () => {
  it('are never more than the limit, whatever the requests are', () => {
    const bytes = new BytesInHand(100);
    bytes.take(60);
    expect(refusalOf(() => bytes.take(41))).toEqual(refusal);
    bytes.take(40);
    expect(refusalOf(() => bytes.take(1))).toEqual(refusal);
  });

  it('are given back once, however often a request ends', () => {
    const bytes = new BytesInHand(100);
    const first = bytes.take(60);
    bytes.take(40);
    first.release();
    first.release();
    expect(refusalOf(() => bytes.take(61))).toEqual(refusal);
    bytes.take(60);
  });

  it('are fewer once it is known that a body is smaller, and never more', () => {
    const bytes = new BytesInHand(100);
    const first = bytes.take(100);
    first.shrink(30);
    first.shrink(90);
    bytes.take(70);
    expect(refusalOf(() => bytes.take(1))).toEqual(refusal);
  });
});
