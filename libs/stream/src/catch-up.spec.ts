import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type Positions } from '#activities';
import { CatchUp, type CatchUpRequest } from './catch-up.js';
import { Chunk } from './hub/chunk.js';
import { type Subscriber } from './hub/subscribers.js';
import { type StreamHub } from './hub/stream-hub.js';
import { type Sought, type StreamPast } from './stream-past.js';

const ROUNDS = 20;

describe('an answer that is waited for', () => {
  it('costs nothing more for each time that it hears of something and finds nothing', async () => {
    const over = new AbortController();
    const listeners: number[] = [];
    const hub = {
      attach: ({ deliver }: Subscriber) => {
        listeners.push(getEventListeners(over.signal, 'abort').length);
        if (listeners.length < ROUNDS) deliver(new Chunk('x', 1), () => []);
        else over.abort();
        return { first: 0, from: [0] };
      },
      detach: () => undefined,
      look: () => Promise.resolve(new Map([[0, 0]])),
      partitionsOf: () => ({ first: 0, count: 1 }),
      deliveredPositions: () => [0],
    };
    const catchUp = new CatchUp(hub as unknown as StreamHub, {} as StreamPast);
    const positions = { format: () => 'here' } as unknown as Positions;
    const request: CatchUpRequest = { target: { environment: 'acme' }, limit: 1 };
    const sought: Sought<CatchUpRequest> = { request, positions, start: {} };
    await catchUp.answer(sought, { over: over.signal, isOpen: true });
    expect(listeners).toHaveLength(ROUNDS);
    expect(new Set(listeners.slice(1))).toEqual(new Set([1]));
  });
});
