import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

describe('a turnstile', () => {
  it('lets as many through as it is wide, and the others in the order of their coming', async () => {
    const turnstile = new Turnstile(2);
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const entered: number[] = [];
    const passes = gates.map(({ promise }, at) =>
      turnstile.pass(() => {
        entered.push(at);
        return promise;
      }),
    );
    expect(entered).toEqual([0, 1]);
    gates[1]!.resolve();
    await passes[1];
    expect(entered).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(passes);
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  it('goes on after work that fails', async () => {
    const turnstile = new Turnstile(1);
    await expect(turnstile.pass(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(turnstile.pass(() => Promise.resolve('up'))).resolves.toBe('up');
  });
});
