import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTooSimple } from './secrets.js';

describe('a secret that was made at random', () => {
  // The shortest that are long enough, and what `openssl rand` prints.
  it.each([
    ['hex', 16],
    ['hex', 32],
    ['base64', 24],
    ['base64', 32],
    ['base64', 48],
    ['latin1', 32],
  ] as const)('is never too simple: %s of %d bytes', (encoding, bytes) => {
    for (let made = 0; made < 2_000; made += 1) {
      const secret = randomBytes(bytes).toString(encoding);
      if (isTooSimple(secret)) throw new Error(`refused ${secret}`);
    }
  });
});

describe('a secret that nobody made at random', () => {
  it.each([
    'x'.repeat(32),
    `${'x'.repeat(31)}y`,
    'secret'.repeat(6),
    'changeme'.repeat(4),
    'password1234password1234password',
    'ab'.repeat(20),
    '0123456789abcdefghijklmnopqrstuvwxyz',
    'zyxwvutsrqponmlkjihgfedcba987654',
    '00000000000000000000000000000000000000001234567890',
    'ä'.repeat(16),
  ])('is too simple: %s', (secret) => expect(isTooSimple(secret)).toBe(true));

  it('is too simple where it has seven different characters or fewer', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'secrt12'), minLength: 32, maxLength: 64 }), (secret) => {
        expect(isTooSimple(secret)).toBe(true);
      }),
    );
  });

  it('is too simple where a part of it comes again and again, with something behind it or not', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ maxLength: 4 }), (part, end) => {
        const secret = part.repeat(Math.ceil(48 / part.length)) + end;
        expect(isTooSimple(secret)).toBe(true);
      }),
    );
  });
});

it.each(['a secret of the specs, 32 bytes or more', 'correct horse battery staple, and then some'])(
  'a long sentence is not too simple: %s',
  (secret) => expect(isTooSimple(secret)).toBe(false),
);
