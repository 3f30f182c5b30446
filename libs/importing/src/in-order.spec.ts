import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { InOrder } from './in-order.js';

describe('results in order', () => {
  /** Work that is done when its letter is said. */
  function spoken(width: number) {
    const passed: string[] = [];
    const begun: string[] = [];
    const order = new InOrder<string>(width, (result) => passed.push(result));
    const said = new Map<string, PromiseWithResolvers<string>>();
    const run = (letter: string) => {
      said.set(letter, Promise.withResolvers());
      return order.run(() => {
        begun.push(letter);
        return said.get(letter)!.promise;
      });
    };
    const say = async (letter: string) => {
      said.get(letter)!.resolve(letter);
      await turn();
    };
    return { order, passed, begun, run, say, fail: (letter: string) => said.get(letter)!.reject(new Error(letter)) };
  }

  it('are passed on in the order in which the work began, each as soon as those before it are there', async () => {
    const { order, passed, run, say } = spoken(9);
    const all = ['a', 'b', 'c'].map(run);
    await say('c');
    expect(passed).toEqual([]);
    await say('a');
    expect(passed).toEqual(['a']);
    await say('b');
    await Promise.all(all);
    await order.end();
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('hold up what is too far ahead until one before has come', async () => {
    const { begun, run, say } = spoken(2);
    const all = ['a', 'b', 'c'].map(run);
    await say('b');
    expect(begun).toEqual(['a', 'b']);
    await say('a');
    expect(begun).toEqual(['a', 'b', 'c']);
    await say('c');
    await Promise.all(all);
  });

  it('are passed on no further than to work that failed, which holds nobody up', async () => {
    const { passed, run, say, fail } = spoken(2);
    const all = Promise.allSettled(['a', 'b', 'c'].map(run));
    fail('a');
    await say('b');
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(passed).toEqual([]);
  });
});
