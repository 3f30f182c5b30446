import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
  const room = () => {
    const bytes = new BytesInHand(100);
    const take = (environment: string, count: number) => {
      const share = bytes.shareOf(environment);
      share.grow(count);
      return share;
    };
    return { bytes, take };
  };

  it('are never more than the limit, whatever the requests are', () => {
    const { take } = room();
    for (let n = 0; n < 40; n += 1) take(`tenant-${n}`, 1);
    take('large', 60);
    expect(refusalOf(() => take('another', 1))).toEqual(refusal);
  });

  it('are half of the limit for an environment that is alone', () => {
    const { take } = room();
    take('busy', 50);
    expect(refusalOf(() => take('busy', 1))).toEqual(refusal);
  });

  it('leave as much for whoever comes as the busiest has', () => {
    const { take } = room();
    for (const busy of ['one', 'two', 'three']) {
      for (let full = false; !full;) full = refusalOf(() => take(busy, 1)) instanceof Error;
    }
    take('another', 12);
  });

  it('are taken bit by bit, and no more than were taken when there is no room for the next', () => {
    const { take } = room();
    const share = take('a', 30);
    share.grow(20);
    expect(refusalOf(() => share.grow(1))).toEqual(refusal);
    take('b', 25);
    share.release();
    take('c', 37);
  });

  it('are given back once, however often a request ends', () => {
    const { take } = room();
    const first = take('a', 50);
    first.release();
    first.release();
    expect(refusalOf(() => take('a', 101))).toEqual(refusal);
    take('a', 100);
  });

  it('are asked about without being taken', () => {
    const { bytes, take } = room();
    bytes.requireRoom('a', 100);
    expect(refusalOf(() => bytes.requireRoom('a', 101))).toEqual(refusal);
    take('b', 100);
  });

  it('are remembered of no environment that has none any more', () => {
    const bytes = new BytesInHand(100);
    const before = heapInUse();
    for (let n = 0; n < 200_000; n += 1) {
      const share = bytes.shareOf(`an environment that is asked for once ${n}`);
      share.grow(1);
      share.release();
    }
    expect(heapInUse() - before).toBeLessThan(4 * 1024 * 1024);
    bytes.shareOf('another').grow(50);
  });
});

/** Bytes that are reachable. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
