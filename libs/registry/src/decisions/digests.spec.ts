import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { areSame, bytesOf, changedDigests, digestOf, digestsOf } from './digests.js';
import { mergePatch } from './merge-patch.js';

// One hash a text, whichever it is: what two texts have in common is their length alone.
const hashes = new Map<string, string>();
const hash = (text: string) => {
  if (!hashes.has(text)) hashes.set(text, `hash ${hashes.size}`);
  return hashes.get(text)!;
};
const digest = (value: unknown) => digestOf(value, hash);

const name = fc.constantFrom('a', 'b', 'ü', '"', 'a.b', '7', '__proto__', 'constructor');
const raw = ['1.0', '-0', '1524831183200260097', '1524831183200260098', '1E2'].map((text) => JSON.rawJSON(text));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -1.5,
      1e300,
      '',
      'x',
      '1.x',
      '\n',
      '𝄞',
      [],
      [null, { a: null }],
      [1, 2],
      ...raw,
      raw,
    ),
    fc.dictionary(name, tie('json'), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(name, json, { maxKeys: 5 });

describe('the digest of a value', () => {
  it('merges as the value does', () => {
    fc.assert(
      fc.property(object, object, (target, patch) =>
        expect(areSame(mergePatch(digest(target), digest(patch)), digest(mergePatch(target, patch)))).toBe(true),
      ),
    );
  });

  it('tells the bytes of its JSON, however it was merged', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const merged = mergePatch(target, patch);
        expect(bytesOf(mergePatch(digest(target), digest(patch)) as never)).toBe(
          Buffer.byteLength(JSON.stringify(merged)),
        );
      }),
    );
  });

  it('is the same for the same value in whatever order, and for no other', () => {
    const reversed = (value: object) => Object.fromEntries(Object.entries(value).toReversed());
    fc.assert(
      fc.property(object, object, (one, other) => {
        expect(areSame(digest(one), digest(reversed(one)))).toBe(true);
        let equal = true;
        try {
          expect(one).toEqual(other);
        } catch {
          equal = false;
        }
        expect(areSame(digest(one), digest(other))).toBe(equal);
      }),
    );
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: 1 }, { b: 1 }],
    [{ a: {} }, { a: [] }],
    [{ a: null }, {}],
    [{ a: 1, b: 1 }, { a: 1 }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: raw[2] }, { a: raw[3] }],
    [{ a: raw[0] }, { a: 1 }],
    [{ a: [raw[0]] }, { a: [1] }],
    [{ a: raw[0] }, { a: { rawJSON: '1.0' } }],
  ])('tells %j from %j', (one, other) => expect(areSame(digest(one), digest(other))).toBe(false));
});

describe('the digests of a user', () => {
  const jane = { username: 'jane', email: 'j@x.y', firstName: '', lastName: 'Doe', isActive: true, profile: { a: 1 } };

  it('hold nothing of what they stand for but how long it is', () => {
    expect(digestsOf(jane, () => '#')).toEqual({
      username: '#',
      email: '#',
      firstName: '#',
      lastName: '#',
      profile: { '3.#': '1.#' },
    });
  });

  it('tell nothing of two details that are equal', () => {
    const one = { ...jane, username: 'Doe', profile: { a: 'Doe', b: { a: 'Doe', Doe: 'a' }, c: { a: 'Doe' } } };
    const seen = [...JSON.stringify(digestsOf(one, hash)).matchAll(/hash \d+/g)].map(([text]) => text);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each([
    [{ lastName: 'Roe' }, { ...jane, lastName: 'Roe' }],
    [{ profile: { a: null, b: 2 } }, { ...jane, profile: { b: 2 } }],
    [{ profile: null }, { ...jane, profile: {} }],
    [{}, jane],
  ])('of a change to %j are those of the user that it leaves', (change, left) => {
    expect(changedDigests(digestsOf(jane, hash), digestsOf(change, hash))).toEqual(digestsOf(left, hash));
  });
});
