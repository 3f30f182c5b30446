import { describe, expect, it } from '@jest/globals';
import { concurrently, oneAhead } from './concurrently.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('concurrently', () => {
  it('runs each item once and never more than the limit at a time', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await concurrently([1, 2, 3, 4, 5, 6, 7].values(), 3, async (item) => {
      most = Math.max(most, (running += 1));
      await turn();
      running -= 1;
      done.push(item);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('begins nothing after a failure, and throws it when what runs has ended', async () => {
    const ended: number[] = [];
    const work = async (item: number) => {
      if (item === 1) throw new Error('first');
      await turn();
      ended.push(item);
    };
    await expect(concurrently([0, 1, 2, 3, 4, 5].values(), 2, work)).rejects.toThrow('first');
    expect(ended).toEqual([0]);
  });

  it('waits for what runs when the source of items fails', async () => {
    let ended = false;
    async function* items() {
      yield 1;
      throw new Error('source');
    }
    const work = async () => {
      await turn();
      ended = true;
    };
    await expect(concurrently(items(), 5, work)).rejects.toThrow('source');
    expect(ended).toBe(true);
  });
});

describe('oneAhead', () => {
  async function* counted(upTo: number, seen: string[]) {
    try {
      for (let item = 1; item <= upTo; item += 1) {
        seen.push(`made ${item}`);
        yield item;
      }
      if (upTo === 2) throw new Error('source');
    } finally {
      seen.push('closed');
    }
  }

  it('has the next item made while one is worked on, in order', async () => {
    const seen: string[] = [];
    for await (const item of oneAhead(counted(3, seen))) {
      await turn();
      seen.push(`used ${item}`);
    }
    expect(seen).toEqual(['made 1', 'made 2', 'used 1', 'made 3', 'used 2', 'closed', 'used 3']);
  });

  it('closes the source when nobody wants more', async () => {
    const seen: string[] = [];
    for await (const _ of oneAhead(counted(9, seen))) break;
    expect(seen).toEqual(['made 1', 'made 2', 'closed']);
  });

  it('passes the failure of the source on after the items before it', async () => {
    const used: number[] = [];
    const use = async () => {
      for await (const item of oneAhead(counted(2, []))) {
        await turn();
        used.push(item);
      }
    };
    await expect(use()).rejects.toThrow('source');
    expect(used).toEqual([1, 2]);
  });
});
