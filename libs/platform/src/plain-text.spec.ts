import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { hasCharacters, isVisible, plainText, visibleText } from './text.js';

const faultOf = (schema: z.ZodType, text: unknown) =>
  schema.safeParse(text).error?.issues.map(({ message }) => message);
const named = (point: number) => [
  `U+${point.toString(16).toUpperCase().padStart(4, '0')}`,
  String.fromCodePoint(point),
];

describe('the characters of a text', () => {
  it.each([
    ['', 0],
    ['jane', 4],
    ['😀😀', 2],
    ['e\u0301', 2],
    ['田中', 2],
  ])('are counted as people count them: %j has %i', (text, count) => {
    expect(hasCharacters(text, count, count)).toBe(true);
    expect(hasCharacters(text, count + 1, count + 9)).toBe(false);
    if (count > 0) expect(hasCharacters(text, 0, count - 1)).toBe(false);
  });

  it('are the same in a schema and in what the document says of it', () => {
    const name = plainText(3, 150);
    expect(z.toJSONSchema(name)).toMatchObject({ type: 'string', minLength: 3, maxLength: 150 });
    expect(z.toJSONSchema(plainText(0, 9))).not.toHaveProperty('minLength');
    expect(faultOf(name, '😀'.repeat(150))).toBeUndefined();
    for (const text of ['😀'.repeat(151), '😀😀', 'x'.repeat(151)]) {
      expect(faultOf(name, text)).toEqual(['must be 3 to 150 characters']);
    }
  });
});

describe('plain text', () => {
  it.each([[0x00], [0x09], [0x0a], [0x1b], [0x7f], [0x85], [0x92], [0x9f]].map(([point]) => named(point!)))(
    'has no control characters: %s',
    (_, character) =>
      expect(faultOf(plainText(0, 9), `a${character}b`)).toEqual([expect.stringMatching(/control char/)]),
  );

  it.each([0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map(named))(
    'turns the direction of nothing that stands behind it: %s',
    (_, character) =>
      expect(faultOf(plainText(0, 9), `a${character}b`)).toEqual([expect.stringMatching(/U\+202A.*leave/)]),
  );

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('has no half characters: %j', (text) =>
    expect(faultOf(plainText(0, 9), text)).toEqual([expect.stringMatching(/well-formed/)]),
  );

  it.each([
    ['Hebrew with a mark', 'שלום\u200e!'],
    ['Arabic with marks', '\u061cعربي\u200f'],
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['joined emoji', '👨‍👩‍👧'],
    ['a tagged flag', '🏴\u{e0067}\u{e0062}\u{e007f}'],
    ['private use', '\ue000'],
    ['nothing', ''],
  ])('may be %s', (_, text) => expect(faultOf(plainText(0, 150), text)).toBeUndefined());
});

describe('a visible text', () => {
  it.each(
    [
      ...[0x20, 0xa0, 0xad, 0x034f, 0x061c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x1680, 0x2000, 0x200b, 0x200c],
      ...[0x200d, 0x200e, 0x2028, 0x202f, 0x205f, 0x2060, 0x2062, 0x206a, 0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff],
      ...[
        0xffa0, 0xfff9, 0xfffc, 0xffff, 0x0301, 0x20e3, 0x1d159, 0x1d173, 0x1bca0, 0xe0001, 0xe0041, 0xe0100, 0x1fffe,
      ],
    ].map(named),
  )('is not made of %s alone, but may have it', (_, character) => {
    const fault = ['must have at least one visible character'];
    expect(faultOf(visibleText(1, 150), character)).toEqual(fault);
    expect(faultOf(visibleText(1, 150), `${character}\u200b${character}`)).toEqual(fault);
    expect(faultOf(visibleText(1, 150), `a${character}`)).toBeUndefined();
  });

  it.each(['a', '.', '王', 'ย', '😀', '\u{10fffd}', '☃️', '¨', '￣'])('is %j', (text) => {
    expect(faultOf(visibleText(1, 150), text)).toBeUndefined();
  });

  it('has something left when it is compared with others', () => {
    const lost: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (isVisible(character) && character.normalize('NFKC').trim() === '') lost.push(point.toString(16));
    }
    expect(lost).toEqual([]);
  });
});
