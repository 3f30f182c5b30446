import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outlineOf } from './json-outline.js';

const MANY = 1_000;

/** What `JSON.parse` makes of a text; undefined where it is no JSON. */
function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The values of the outline, each parsed for itself. */
async function outlined(text: string): Promise<{ isArray: boolean; values: unknown[] } | undefined> {
  const bytes = Buffer.from(text);
  const outline = await outlineOf(bytes, MANY);
  return (
    outline && {
      ...outline,
      values: outline.values.map(({ start, end }) => JSON.parse(bytes.toString('utf8', start, end))),
    }
  );
}

async function expectAsParsed(text: string): Promise<void> {
  const whole = parsed(text);
  const isArray = Array.isArray(whole?.value);
  expect(await outlined(text)).toEqual(whole && { isArray, values: isArray ? whole.value : [whole.value] });
}

const space = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
const json = fc
  .tuple(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), fc.nat(3), space)
  .map(([value, indent, around]) => `${around}${JSON.stringify(value, undefined, indent)}${around}`);

/** JSON in which something is left out, doubled, or put in. */
const almost = fc
  .tuple(json, fc.nat(), fc.nat(3), fc.constantFrom('', ...'[]{},:"\\-+.eE0 1au\u0000\t\nnfté'))
  .map(([text, at, length, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + length);
  })
  .filter((text) => text.isWellFormed());

/** Texts of nothing but what JSON is made of. */
const tokens = fc
  .array(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '0',
      '-1',
      '1.5e+3',
      '01',
      '.',
      'e',
      'true',
      'nul',
      ' ',
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(''));

describe('the outline of a JSON text', () => {
  it('has the values that JSON.parse finds, and is there only where it finds any', async () => {
    await fc.assert(fc.asyncProperty(json, expectAsParsed), { numRuns: 2_000 });
    await fc.assert(fc.asyncProperty(almost, expectAsParsed), { numRuns: 10_000 });
    await fc.assert(fc.asyncProperty(tokens, expectAsParsed), { numRuns: 20_000 });
  });

  it.each([
    '',
    ' ',
    '[',
    '[,]',
    '[1,]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '[}',
    '{]',
    '[1]]',
    '1 2',
    '-',
    '01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    'tru',
    'truee',
    'NaN',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u',
    '"',
    "'a'",
    '[1]x',
    '\u00a01',
    '\ufeff1',
    '[]',
    ' [ ] ',
    '{}',
    '0',
    '-0',
    '-0.0e-0',
    '1E5',
    '""',
    '"\\u00E9\\/\\""',
    'null',
    '[[],{},[{"a":[]}]]',
    '{"a":{"b":[1,{"c":2}]},"d":3}',
  ])('is that of JSON.parse: %p', (text) => expectAsParsed(text));

  it.each([
    ['brackets', '['.repeat(1e6) + ']'.repeat(1e6)],
    ['braces', '{"a":'.repeat(1e6) + '1' + '}'.repeat(1e6)],
  ])('is found in a million %s that are closed', async (_, text) => {
    expect((await outlineOf(Buffer.from(text), MANY))?.values).toHaveLength(1);
    expect(await outlineOf(Buffer.from(text.slice(0, -1)), MANY)).toBeUndefined();
  });

  it('lets others be heard meanwhile', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await outlineOf(Buffer.from('['.repeat(8 * 1024 * 1024)), MANY);
    isOver = true;
    expect(turns).toBeGreaterThan(3);
  });

  it('ends behind one item more than is asked for', async () => {
    const text = `[${'0,'.repeat(MANY)}0,no JSON`;
    expect((await outlineOf(Buffer.from(text), MANY))?.values).toHaveLength(MANY + 1);
  });
});
