import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { EVENT_STREAM } from '../formats.js';
import { type Positions } from '#activities';
import { PartitionTail } from './partition-tail.js';

describe('the live end of a partition', () => {
  it('loses nothing by a checkpoint that was read before the one it heard of', async () => {
    const gate = Promise.withResolvers<void>();
    const tail: PartitionTail = new PartitionTail(
      0,
      {
        read: (_partition, _from, to) => gate.promise.then(() => ({ messages: [], next: to })),
        deliveredPositions: () => [tail.position],
        persist: (work) => work(),
      },
      0,
    );
    // Nothing is delivered here: it is enough that somebody follows.
    const subscriber = { target: { environment: 'acme' }, format: EVENT_STREAM, deliver: () => undefined };
    tail.subscribers.add({
      subscriber: { ...subscriber, positions: {} as Positions },
      first: 0,
      from: [0],
      settled: true,
    });
    tail.advance(10);
    tail.advance(20);
    tail.advance(10);
    gate.resolve();
    await eventually(() => expect(tail.position).toBe(20));
  });
});
