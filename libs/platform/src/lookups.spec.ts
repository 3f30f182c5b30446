import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Lookups } from './lookups.js';

describe('lookups', () => {
  it('go together when they are asked for in one turn, and those asked for later when these have ended', async () => {
    const loads: number[][] = [];
    const gates: (() => void)[] = [];
    const lookups = new Lookups<number, string>(async (keys) => {
      loads.push([...keys]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return keys.map((key) => `value of ${key}`);
    });
    const first = [1, 2].map((key) => lookups.find(key));
    await turn();
    const later = [2, 3].map((key) => lookups.find(key));
    expect(loads).toEqual([[1, 2]]);
    gates.shift()!();
    expect(await Promise.all(first)).toEqual(['value of 1', 'value of 2']);
    await turn();
    expect(loads).toEqual([
      [1, 2],
      [2, 3],
    ]);
    gates.shift()!();
    expect(await Promise.all(later)).toEqual(['value of 2', 'value of 3']);
  });

  it('fail together, and not those after them', async () => {
    let down = true;
    const lookups = new Lookups<number, number>((keys) =>
      down ? Promise.reject(new Error('down')) : Promise.resolve([...keys]),
    );
    await expect(lookups.find(1)).rejects.toThrow('down');
    down = false;
    expect(await lookups.find(2)).toBe(2);
  });

  it('never ask for more than 10,000 at once', async () => {
    const sizes: number[] = [];
    const lookups = new Lookups<number, number>((keys) => {
      sizes.push(keys.length);
      return Promise.resolve([...keys]);
    });
    const found = await Promise.all(Array.from({ length: 25_000 }, (_, key) => lookups.find(key)));
    expect(found[24_999]).toBe(24_999);
    expect(Math.max(...sizes)).toBe(10_000);
  });

  describe('of which one gets no answer', () => {
    afterEach(() => void jest.restoreAllMocks());

    it('hold up others for a quarter of a second, and four of them all', async () => {
      const clock = jest.spyOn(performance, 'now');
      const loads: number[][] = [];
      const answers: (() => void)[] = [];
      const lookups = new Lookups<number, number>(async (keys) => {
        loads.push([...keys]);
        await new Promise<void>((resolve) => answers.push(resolve));
        return [...keys];
      });
      const found: Promise<number>[] = [];
      const ask = async (key: number, at: number) => {
        clock.mockReturnValue(at);
        found.push(lookups.find(key));
        for (let turns = 0; turns < 3; turns += 1) await turn();
      };
      await ask(1, 0);
      await ask(2, 250);
      expect(loads).toEqual([[1]]);
      await ask(3, 251);
      expect(loads).toEqual([[1], [2, 3]]);
      await ask(4, 502);
      await ask(5, 753);
      expect(loads).toEqual([[1], [2, 3], [4], [5]]);
      await ask(6, 9_999);
      expect(loads).toHaveLength(4);
      answers[2]!();
      for (let turns = 0; turns < 3; turns += 1) await turn();
      expect(loads.at(-1)).toEqual([6]);
      for (const answer of answers) answer();
      expect(await Promise.all(found)).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });
});
