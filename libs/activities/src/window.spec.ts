import { describe, expect, it } from '@jest/globals';
import { windowParameter } from './window.js';

describe('a window', () => {
  it.each([
    ['1m', 60_000],
    ['5m', 300_000],
    ['36h', 36 * 3_600_000],
    ['90d', 90 * 86_400_000],
    ['2160h', 90 * 86_400_000],
    ['129600m', 90 * 86_400_000],
  ])('of %s is read', (text, ms) => {
    expect(windowParameter('5m').parse(text)).toEqual({ text, ms });
  });

  it.each(['', '0m', '5', 'm', '05m', '1.5h', '-1m', '91d', '2161h', '129601m', '5s', '5M', '5m ', '1e2m', '9999999m'])(
    'of %j is refused',
    (text) => expect(windowParameter('5m').safeParse(text).success).toBe(false),
  );

  it('is what the call says when it is left out', () => {
    expect(windowParameter('30d').parse(undefined)).toEqual({ text: '30d', ms: 30 * 86_400_000 });
  });
});
