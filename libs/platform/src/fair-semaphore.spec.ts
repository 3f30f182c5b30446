import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { FairSemaphore } from './fair-semaphore.js';

/** Work that ends when it is told to, by its name; the group is the first letter. */
function workFor(semaphore: FairSemaphore) {
  const begun: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  return {
    begun,
    ask: (...names: string[]) => {
      for (const name of names) {
        const gate = Promise.withResolvers<void>();
        gates.set(name, gate);
        void semaphore.run(name[0]!, () => {
          begun.push(name);
          return gate.promise;
        });
      }
    },
    end: async (name: string) => {
      gates.get(name)!.resolve();
      await turn();
    },
  };
}

describe('a fair semaphore', () => {
  it('runs as much at a time as it is wide, and the rest in the order of its coming', async () => {
    const { begun, ask, end } = workFor(new FairSemaphore(2, 2));
    ask('a1', 'a2', 'a3', 'a4');
    expect(begun).toEqual(['a1', 'a2']);
    await end('a2');
    expect(begun).toEqual(['a1', 'a2', 'a3']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('keeps room for others, however much one has waiting', async () => {
    const { begun, ask, end } = workFor(new FairSemaphore(4, 2));
    ask('a1', 'a2', 'a3', 'a4', 'a5', 'b1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('b1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('lets those who wait take turns', async () => {
    const { begun, ask, end } = workFor(new FairSemaphore(1, 1));
    ask('a1', 'a2', 'a3', 'b1', 'b2', 'c1');
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3']) await end(name);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('goes on after work that fails', async () => {
    const semaphore = new FairSemaphore(1, 1);
    await expect(semaphore.run('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(semaphore.run('a', () => Promise.resolve('up'))).resolves.toBe('up');
  });

  it('refuses what waits longer than it may, and goes on with the others in their order', async () => {
    const semaphore = new FairSemaphore(1, 1, 10);
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = semaphore.run('a', () => gate.promise);
    const work = (name: string) => semaphore.run(name, async () => void begun.push(name));
    const refusal = { code: 'overloaded', more: { headers: { 'retry-after': '5' } } };
    await Promise.all(['a', 'a', 'b'].map((name) => expect(work(name)).rejects.toMatchObject(refusal)));
    const patient = ['b', 'a'].map(work);
    gate.resolve();
    await Promise.all([first, ...patient]);
    expect(begun).toEqual(['b', 'a']);
    expect(semaphore).toEqual(new FairSemaphore(1, 1, 10));
  });

  it('keeps nothing of a group that has ended', async () => {
    const semaphore = new FairSemaphore(1, 1);
    const { ask, end } = workFor(semaphore);
    ask('a1', 'b1');
    for (const name of ['a1', 'b1']) await end(name);
    expect(semaphore).toEqual(new FairSemaphore(1, 1));
  });
});
