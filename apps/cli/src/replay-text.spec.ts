import { describe, expect, it } from '@jest/globals';
import { priceOfCap } from './replay-text.js';

describe('what a replay says of its cap', () => {
  it.each([
    [
      5_000,
      2_100_000,
      'At most 5,000 events/s (TIDEMARK_REPLAY_MAX_EVENTS_PER_SECOND): to read the 2,100,000 of the log takes 7 min',
    ],
    [10, 5, 'At most 10 events/s (TIDEMARK_REPLAY_MAX_EVENTS_PER_SECOND): to read the 5 of the log takes 1 min'],
  ])('is how long it takes at %d events a second for %d of them', (perSecond, events, said) => {
    expect(priceOfCap(perSecond, events)).toBe(`${said} or more.`);
  });
});
