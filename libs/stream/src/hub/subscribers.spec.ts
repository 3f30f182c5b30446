import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PublishedMessage } from '#activities';
import { slices } from './subscribers.js';

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
