import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asDouble, mayLoseDigits, parseExactly } from './exact-json.js';

const given = (json: string) => JSON.stringify(parseExactly(json));

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 22 });
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      digits.filter((text) => text[0] !== '0'),
    ),
    fc.option(digits, { nil: '' }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits), { nil: ['', ''] as const }),
  )
  .map(([sign, whole, part, exponent]) => `${sign}${whole}${part && `.${part}`}${exponent.join('')}`);
const blank = fc.constantFrom('', ' ', '\n', '\t', '\r\n');
const around = fc
  .tuple(fc.array(number, { minLength: 1, maxLength: 4 }), blank, blank, fc.constantFrom('array', 'object', 'lone'))
  .map(([numbers, before, behind, form]) => {
    const padded = numbers.map((text) => before + text + behind);
    if (form === 'lone') return { json: padded[0]!.trim(), written: numbers[0]! };
    if (form === 'array') return { json: `[${padded.join(',')}]`, written: `[${numbers.join(',')}]` };
    const members = (texts: string[]) => `{${texts.map((text, at) => `"n${at}":${text}`).join(',')}}`;
    return { json: members(padded), written: members(numbers) };
  });

describe('a number in JSON', () => {
  it.each(['1524831183200260097', '1524831183200260098', '-0', '-0.0', '0.0', '1.0', '1E2', '1e2', '1e+2', '1e-400'])(
    'is written as it was read: %s',
    (text) => {
      expect(given(text)).toBe(text);
      expect(given(`{"a":${text},"b":[${text} , 1]}`)).toBe(`{"a":${text},"b":[${text},1]}`);
    },
  );

  it('is written as it was read, whatever it is and wherever it stands', () => {
    fc.assert(
      fc.property(around, ({ json, written }) => {
        expect(given(json)).toBe(written);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['0', '12', '-7', '0.5', '-0.25', '123456789012345', '0.000001'])(
    'is a number where it can be: %s',
    (text) => {
      expect(parseExactly(`[${text}]`)).toEqual([Number(text)]);
      expect(parseExactly(`[${text},1.0]`)).toEqual([Number(text), JSON.rawJSON('1.0')]);
    },
  );

  it('costs nothing where texts only look like it', () => {
    const id = 'b6df582b-f530-43bb-92db-1e9de5a4c6a5';
    const texts = {
      id,
      at: '2026-11-22T05:59:01.030Z',
      big: '1524831183200260097',
      half: 12.5,
      list: [1, '1.0', '-0'],
    };
    expect(mayLoseDigits(JSON.stringify(texts))).toBe(false);
    expect(mayLoseDigits(JSON.stringify(texts, undefined, 2))).toBe(false);
  });

  it('is the double next to it where a number is meant', () => {
    const values = parseExactly('[1.0,1e2,-0,1e999,7,"7",null,{"rawJSON":"7"}]') as unknown[];
    expect(values.map(asDouble)).toEqual([1, 100, -0, Infinity, 7, '7', null, { rawJSON: '7' }]);
  });
});

describe('what else is in JSON', () => {
  it.each(['{"__proto__":{"a":1.0},"constructor":{"prototype":1.0}}', '{"a":[{"__proto__":1.0}],"rawJSON":"1"}'])(
    'keeps its names beside such a number: %s',
    (json) => {
      expect(given(json)).toBe(json);
      expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    },
  );

  it('keeps its texts beside such a number', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = `[${JSON.stringify(value)},1.0]`;
        expect((parseExactly(json) as unknown[])[0]).toEqual(JSON.parse(json)[0]);
      }),
    );
  });

  it('has the last of a name that is given twice', () => {
    expect(given('{"a":1.0,"a":2.0}')).toBe('{"a":2.0}');
    expect(given('{"a":1.0,"a":"x"}')).toBe('{"a":"x"}');
  });

  it.each(['', '{', '[1.0', '[1.0,]', '[01.0]', '[1.]', '[.0]', '[1.0e]', '{"a":1.0,}', 'NaN', '[-]'])(
    'is refused where it is none: %j',
    (text) => {
      expect(() => parseExactly(text)).toThrow(SyntaxError);
    },
  );

  it('may be as deep as any body, and only what is that deep loses digits', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}1.0${']'.repeat(levels)}`;
    expect(given(deep(100))).toBe(deep(100));
    let value = parseExactly(deep(30_000));
    while (Array.isArray(value)) [value] = value as unknown[];
    expect(value).toBe(1);
  });
});
