import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Positions, type PublishedMessage } from '#activities';
import { EVENT_STREAM } from '../formats.js';
import { type Chunk } from './chunk.js';
import { PartitionSubscribers, slices } from './subscribers.js';

const KIB = 1024;

describe('what is written in one turn', () => {
  it('is at most 128 KiB, or one message that is larger, and all of it in order', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 * KIB }), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (sizes) => {
        const messages = sizes.map((size, position): PublishedMessage => {
          const of = { environment: 'acme', userId: 1, workspaceId: null, type: 'x', receivedAt: 0 };
          return { ...of, position, json: 'x'.repeat(size) };
        });
        const made = slices(messages);
        expect(made.flat()).toEqual(messages);
        for (const slice of made) {
          const bytes = slice.reduce((sum, { json }) => sum + json.length, 0);
          expect(slice.length === 1 || bytes <= 128 * KIB).toBe(true);
        }
      }),
    );
  });
});

describe('what many listen to', () => {
  it('is made into bytes once for all of those who get the same', () => {
    const positions = { formatter: () => (position: number) => `p${position}` } as unknown as Positions;
    const of = { environment: 'acme', userId: 1, workspaceId: null, receivedAt: 0 };
    const messages = ['x', 'y'].map((type, position): PublishedMessage => ({
      ...of,
      type,
      position,
      json: `{"${type}"}`,
    }));
    const subscribers = new PartitionSubscribers();
    const handed: Chunk[] = [];
    for (const types of [undefined, ['y'], undefined, ['y'], ['z']]) {
      const deliver = (chunk: Chunk) => void handed.push(chunk);
      const target = { environment: 'acme', userId: 1 };
      const subscriber = { target, types: types && new Set(types), format: EVENT_STREAM, positions, deliver };
      subscribers.add({ subscriber, first: 0, from: [0], settled: true });
    }
    subscribers.deliver(0, messages, () => [0]);
    const [all, y] = ['id: p1\ndata: {"x"}\n\nid: p2\ndata: {"y"}\n\n', 'id: p2\ndata: {"y"}\n\n'];
    expect(handed.map(({ bytes }) => bytes.toString())).toEqual([all, y, all, y]);
    expect(new Set(handed).size).toBe(2);
  });
});
