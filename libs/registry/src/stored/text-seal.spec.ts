import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextSeal } from './text-seal.js';

const newKey = () => createSecretKey(randomBytes(32));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((array) => Buffer.from(array));

describe('a seal of short texts', () => {
  const key = newKey();
  const seal = new TextSeal(key);

  it('opens what it sealed, in every process that has the key, and gives equal contents equal texts', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const text = seal.seal(content);
        expect(new TextSeal(key).open(text)?.equals(content)).toBe(true);
        expect(new TextSeal(key).seal(content)).toBe(text);
      }),
    );
  });

  it('opens nothing that another key sealed, and nothing that was changed in a single bit', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (content, at) => {
        const text = seal.seal(content);
        expect(new TextSeal(newKey()).open(text)).toBeUndefined();
        const changed = Buffer.from(text, 'base64url');
        const bit = at % (changed.length * 8);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(seal.open(changed.toString('base64url'))).toBeUndefined();
        expect(seal.open(Buffer.from(text, 'base64url').subarray(0, -1).toString('base64url'))).toBeUndefined();
      }),
    );
  });

  it('opens one spelling alone', () => {
    const text = seal.seal(Buffer.from('ten bytes.'));
    for (const other of [`${text}=`, `${text} `, ` ${text}`, text.replace(/.$/, 'B'), `${text}!`, '', 'AAAA'])
      expect(seal.open(other)).toBeUndefined();
  });

  it('shows nothing of what contents have in common', () => {
    const texts = Array.from({ length: 500 }, (_, n) => seal.seal(Buffer.from(`the same but for ${String(n)}`)));
    for (let at = 0; at < 20; at += 1) expect(new Set(texts.map((text) => text[at])).size).toBeGreaterThan(40);
  });

  it('is longer than its content by its tag', () => {
    expect(Buffer.from(seal.seal(Buffer.alloc(10)), 'base64url')).toHaveLength(18);
    const longer = new TextSeal(key, 16);
    expect(Buffer.from(longer.seal(Buffer.alloc(10)), 'base64url')).toHaveLength(26);
    expect(longer.open(longer.seal(Buffer.alloc(10)))).toHaveLength(10);
  });
});
