import { describe, expect, it } from '@jest/globals';
import { backoffMs, retry } from './retry.js';

describe('a retry', () => {
  const failing = (times: number) => {
    let calls = 0;
    return async () => {
      if (calls++ < times) throw new TypeError(`failure ${calls}`);
      return calls;
    };
  };

  it('goes on until the work succeeds, whatever is thrown, and reports each failure with its delay', async () => {
    const failures: unknown[] = [];
    const onFailure = (error: unknown, delay: number) => void failures.push([(error as Error).message, delay]);
    expect(await retry(failing(2), { longestMs: 60, onFailure })).toBe(3);
    expect(failures).toEqual([
      ['failure 1', 50],
      ['failure 2', 60],
    ]);
  });

  it('ends with the error that its caller does not accept', async () => {
    const onFailure = (error: unknown) => {
      throw error;
    };
    await expect(retry(failing(1), { longestMs: 60, onFailure })).rejects.toThrow('failure 1');
  });

  it('ends with the reason of its signal, in the middle of a delay too', async () => {
    const ended = new AbortController();
    const onFailure = () => ended.abort(new Error('closed'));
    const retrying = retry(failing(Infinity), { longestMs: 60_000, onFailure, signal: ended.signal });
    await expect(retrying).rejects.toThrow('closed');
  });

  it('waits twice as long after each failure, up to the longest delay', () => {
    expect([0, 1, 2, 3, 2_000].map((failures) => backoffMs(failures, 100, 500))).toEqual([100, 200, 400, 500, 500]);
  });
});
