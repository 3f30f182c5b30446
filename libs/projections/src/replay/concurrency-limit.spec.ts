import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { ConcurrencyLimit } from './concurrency-limit.js';

/** What is going on in a room: `end` ends the first of it. */
function roomOf(isServiceBusy: () => boolean) {
  const limit = new ConcurrencyLimit(async () => isServiceBusy());
  const under: PromiseWithResolvers<void>[] = [];
  let most = 0;
  const enter = () =>
    limit.run(() => {
      const work = Promise.withResolvers<void>();
      under.push(work);
      most = Math.max(most, under.length);
      return work.promise;
    });
  const end = async () => {
    under.shift()!.resolve();
    for (let n = 0; n < 5; n += 1) await turn();
  };
  return { enter, end, under, most: () => most };
}

describe('the room for long statements', () => {
  it.each([
    ['two where nobody else is served', false, 2],
    ['one where others are', true, 1],
  ])('has place for %s', async (_, served, places) => {
    const { enter, end, under, most } = roomOf(() => served);
    const all = Promise.all(Array.from({ length: 5 }, enter));
    await turn();
    while (under.length > 0) await end();
    await all;
    expect(most()).toBe(places);
  });

  it('has place again when others are served no more, and after a failure', async () => {
    let served = true;
    const { enter, end, under } = roomOf(() => served);
    const [first, ...rest] = Array.from({ length: 3 }, enter);
    await turn();
    expect(under).toHaveLength(1);
    served = false;
    under[0]!.reject(new Error('no'));
    under.shift();
    await expect(first).rejects.toThrow('no');
    for (let n = 0; n < 5; n += 1) await turn();
    expect(under).toHaveLength(2);
    await end();
    await end();
    await Promise.all(rest);
  });
});
