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
    for (let n = 0; n < 40; n += 1) bytes.take(`tenant-${n}`, 1);
    bytes.take('large', 60);
    expect(refusalOf(() => bytes.take('another', 1))).toEqual(refusal);
  });

  it('are half of the limit for an environment that is alone', () => {
    const bytes = new BytesInHand(100);
    bytes.take('busy', 50);
    expect(refusalOf(() => bytes.take('busy', 1))).toEqual(refusal);
  });

  it('leave as much for whoever comes as the busiest has', () => {
    const bytes = new BytesInHand(100);
    for (const busy of ['one', 'two', 'three']) {
      for (let full = false; !full;) full = refusalOf(() => bytes.take(busy, 1)) instanceof Error;
    }
    bytes.take('another', 12);
  });

  it('are given back once, however often a request ends', () => {
    const bytes = new BytesInHand(100);
    const first = bytes.take('a', 50);
    first.release();
    first.release();
    expect(refusalOf(() => bytes.take('a', 101))).toEqual(refusal);
    bytes.take('a', 100);
  });

  it('are fewer once it is known that a body is smaller, and never more', () => {
    const bytes = new BytesInHand(100);
    const first = bytes.take('a', 50);
    first.shrink(10);
    first.shrink(90);
    bytes.take('b', 90);
    expect(refusalOf(() => bytes.take('c', 1))).toEqual(refusal);
  });
});
