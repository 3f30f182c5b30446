import { beforeEach, describe, expect, it } from '@jest/globals';
import { WorkingShare } from './working-share.js';

describe('the share of its time that a replay may work', () => {
  let now: number;
  let share: WorkingShare;
  /** An interface announces once a second that its answers take so long. */
  const hear = (ms: number, seconds: number, besides = false) => {
    for (let n = 0; n < seconds; n += 1) {
      now += 1_000;
      share.hear(ms, besides);
    }
  };

  beforeEach(() => {
    now = 0;
    share = new WorkingShare(() => now);
  });

  it('is all of it where nobody is served', () => {
    expect(share.current).toBe(1);
    expect(share.isServing).toBe(false);
  });

  it('is none while it learns how long answers take without the replay', () => {
    hear(10, 3);
    expect(share.current).toBe(0);
    hear(10, 1);
    expect(share.current).toBeGreaterThan(0);
  });

  it('is learned from what is announced while nothing of the replay runs alone', () => {
    hear(10, 20, true);
    expect(share.current).toBe(0);
  });

  it('grows while answers take no longer than is usual, up to nearly all', () => {
    hear(10, 4);
    const first = share.current;
    hear(11, 5, true);
    expect(share.current).toBeGreaterThan(first);
    hear(11, 30, true);
    expect(share.current).toBe(0.9);
  });

  it('shrinks fast when answers take longer, and never to nothing', () => {
    hear(10, 34);
    expect(share.current).toBe(0.9);
    hear(20, 6, true);
    expect(share.current).toBeLessThan(0.3);
    hear(20, 15, true);
    expect(share.current).toBe(0.1);
  });

  it('does not shrink for one bad second, nor for what nobody notices', () => {
    hear(1, 4);
    const first = share.current;
    hear(500, 1, true);
    hear(2.5, 9, true);
    expect(share.current).toBeGreaterThan(first);
  });

  it('is learned anew after a minute', () => {
    hear(10, 4);
    hear(10, 61, true);
    expect(share.current).toBe(0);
    hear(10, 5);
    expect(share.current).toBeGreaterThan(0);
  });

  it('is not learned anew for each of those who come now and then', () => {
    hear(10, 4);
    now += 3_000;
    expect(share.current).toBe(1);
    hear(10, 1);
    expect(share.current).toBeGreaterThan(0);
  });
});
