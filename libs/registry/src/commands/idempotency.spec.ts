import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOfItem, ownKey } from './idempotency.js';

// As tokens and headers may have them.
const subject = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text));
const key = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);
const sender = fc.record({ subject, key, index: fc.nat(12) });

describe('the key under which a client sends', () => {
  it('is its own, and each item of a batch has one', () => {
    const hashed = ({ subject, key, index }: { subject: string; key: string; index: number }) =>
      ownKey(subject, keyOfItem(key, index));
    fc.assert(
      fc.property(sender, sender, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(hashed(one) === hashed(other)).toBe(same);
      }),
    );
  });

  it('stays the same from release to release, since it is looked for in records', () => {
    expect(ownKey('jane', 'k')).toBe('7ui-QLCzf8gXXwj3Oev-p_ahMDqmKGsHgu_6ZfsdkmY');
    expect(ownKey('jane', keyOfItem('k', 1))).toBe('wkrKDovRkz8aRWC6g88rDCq8Wm1Lh_gKJaQU3TaGFt4');
    expect(keyOfItem('k', 0)).toBe('k');
  });
});
