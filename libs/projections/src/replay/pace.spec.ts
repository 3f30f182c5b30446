import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.js';
import { Pace } from './pace.js';

/** Parts of a replay that run until they are ended. */
function partsOf(pace: Pace) {
  const running: PromiseWithResolvers<void>[] = [];
  const begin = () =>
    pace.run(() => {
      const part = Promise.withResolvers<void>();
      running.push(part);
      return part.promise;
    });
  const end = () => running.shift()!.resolve();
  return { begin, end, running };
}

/** The seconds until so many parts of 20 ms each have run one after the other. */
async function secondsOf(pace: Pace, parts: number, capped = 0): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < parts; n += 1) await pace.run(() => pause(20), capped);
  return (performance.now() - begun) / 1_000;
}

describe('the pace of a replay', () => {
  it('lets some parts run at a time where nobody is served', async () => {
    const { begin, end, running } = partsOf(new Pace({ current: 1, isServing: false }));
    const all = Promise.all(Array.from({ length: 6 }, begin));
    await eventually(() => expect(running).toHaveLength(4));
    end();
    await eventually(() => expect(running).toHaveLength(4));
    end();
    await eventually(() => expect(running).toHaveLength(4));
    for (let left = 4; left > 0; left -= 1) end();
    await all;
  });

  it('lets one part run at a time, and a small one, where somebody is, and the next after a failure', async () => {
    const pace = new Pace({ current: 1, isServing: true });
    const { begin, end, running } = partsOf(pace);
    expect(pace.slice).toBe(1_000);
    const [first, second] = [begin(), begin()];
    await eventually(() => expect(running).toHaveLength(1));
    expect(pace.isWorking).toBe(true);
    running.shift()!.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await eventually(() => expect(running).toHaveLength(1));
    end();
    await second;
    expect(pace.isWorking).toBe(false);
  });

  it('rests behind each part for as long as its share says', async () => {
    expect(await secondsOf(new Pace({ current: 0.2, isServing: true }), 4)).toBeGreaterThan(0.3);
  });

  it('does not rest while others wait for it', async () => {
    const pace = new Pace({ current: 0, isServing: true });
    let done = false;
    const waiting = pace.run(async () => void (done = true));
    await pace.hurry(() => eventually(() => expect(done).toBe(true)));
    await waiting;
  });

  it('keeps to the events a second that are the most', async () => {
    const pace = new Pace({ current: 1, isServing: false }, 1_000);
    expect(pace.slice).toBe(1_000);
    expect(await secondsOf(pace, 4, 100)).toBeGreaterThan(0.3);
    expect(await secondsOf(pace, 1)).toBeLessThan(5);
  });
});
