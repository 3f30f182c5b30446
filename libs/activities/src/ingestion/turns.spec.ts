import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Turns, type Work } from './turns.js';

const small: Work = { items: 1, bytes: 100 };
const slice: Work = { items: 256, bytes: 60_000 };
const MEGABYTE = 1024 * 1024;

/** Begins so many works of an environment and notes the order in which they may begin. */
function beginAll(turns: Turns, begun: string[], environment: string, count: number, work: Work): void {
  for (let n = 0; n < count; n += 1) void turns.begin(environment, work).then(() => begun.push(environment));
}

describe('turns', () => {
  it('begin at once where nobody waits', async () => {
    const begun: string[] = [];
    beginAll(new Turns(), begun, 'a', 3, small);
    await Promise.resolve();
    expect(begun).toEqual(['a', 'a', 'a']);
  });

  it('let everybody else be heard after a few hundred items', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    beginAll(turns, begun, 'a', 8, slice);
    await Promise.resolve();
    expect(begun).toHaveLength(2);
    await turn();
    expect(begun).toHaveLength(4);
  });

  it('let everybody else be heard after a few large items, too', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    beginAll(turns, begun, 'a', 8, { items: 1, bytes: MEGABYTE / 8 });
    await Promise.resolve();
    expect(begun).toHaveLength(2);
    await turn();
    expect(begun).toHaveLength(4);
  });

  it('go round the environments, however many works one of them has waiting', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    beginAll(turns, begun, 'hot', 50, slice);
    beginAll(turns, begun, 'b', 1, small);
    beginAll(turns, begun, 'c', 2, small);
    await turn();
    expect(begun.slice(2)).toEqual(['hot', 'b', 'c', 'hot']);
    await turn();
    expect(begun.slice(6, 8)).toEqual(['c', 'hot']);
  });

  it('keep the order of the works of an environment', async () => {
    const turns = new Turns();
    const begun: number[] = [];
    for (let n = 0; n < 20; n += 1) void turns.begin('a', slice).then(() => begun.push(n));
    for (let n = 0; n < 20; n += 1) await turn();
    expect(begun).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('wait while the log has as much as it takes, and go on as it has less', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    const large = { items: 1, bytes: MEGABYTE };
    beginAll(turns, begun, 'a', 6, large);
    for (let n = 0; n < 5; n += 1) await turn();
    expect(begun).toHaveLength(2);
    turns.end(large);
    await turn();
    expect(begun).toHaveLength(3);
  });

  it('are not lost to smaller works by a large one that waits for room', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    const large = { items: 1, bytes: 2 * MEGABYTE };
    await turns.begin('a', small);
    beginAll(turns, begun, 'large', 1, large);
    for (let n = 0; n < 3; n += 1) {
      beginAll(turns, begun, 'b', 1, small);
      await turn();
    }
    expect(begun).toEqual([]);
    turns.end(small);
    await turn();
    expect(begun).toEqual(['large']);
  });

  it('come to a work that is larger than what the log takes at once, when nothing else is under way', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    await turns.begin('a', small);
    beginAll(turns, begun, 'a', 1, { items: 1, bytes: 8 * MEGABYTE });
    await turn();
    expect(begun).toEqual([]);
    turns.end(small);
    await turn();
    expect(begun).toEqual(['a']);
  });
});
