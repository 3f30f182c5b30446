import { describe, expect, it } from '@jest/globals';
import { InOrder } from './in-order.js';

describe('results in order', () => {
  it('are passed on in the order of their numbers, each as soon as those before it are there', () => {
    const passed: string[] = [];
    const order = new InOrder<string>((result) => passed.push(result));
    order.settle(2, 'c');
    expect(passed).toEqual([]);
    order.settle(0, 'a');
    expect(passed).toEqual(['a']);
    order.settle(1, 'b');
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('hold up who is too far ahead until those before have come, or will never come', async () => {
    const order = new InOrder<number>(() => undefined);
    const seen: string[] = [];
    const far = order.within(2, 2).then(() => seen.push('far'));
    const further = order.within(2, 5).then(() => seen.push('further'));
    await order.within(2, 1);
    expect(seen).toEqual([]);
    order.settle(0, 0);
    await far;
    expect(seen).toEqual(['far']);
    order.giveUp();
    await further;
  });
});
