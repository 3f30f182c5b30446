import { describe, expect, it } from '@jest/globals';
import { ITEM_BYTES, slicesOfJson, slicesOfLines } from './slices.js';

const linesOf = async (body: string | Buffer) =>
  (await slicesOfLines(Buffer.from(body))).flatMap((slice) => slice.read());
const itemsOf = async (body: string) => (await slicesOfJson(Buffer.from(body))).slices.flatMap((slice) => slice.read());
const values = (...all: unknown[]) => all.map((value) => ({ value }));
const many = (count: number) => Array.from({ length: count }, () => 0);
const codeOf = async (work: () => unknown) => {
  try {
    return await work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the items of a body', () => {
  it('are the lines that are not blank, whatever ends them', async () => {
    expect(await linesOf('\n{"a":1}\r\n  \t\n\r\n{"a":2}\n {"a":3}')).toEqual(values({ a: 1 }, { a: 2 }, { a: 3 }));
    expect(await linesOf(' \n')).toEqual([]);
    expect(await linesOf('')).toEqual([]);
  });

  it('keep their places when a line is no JSON or no UTF-8', async () => {
    const lines = Buffer.concat([Buffer.from('{"a":1}\n{"a":\n"'), Buffer.from([0xc3, 0x28]), Buffer.from('"\n4')]);
    expect(await linesOf(lines)).toEqual([
      { value: { a: 1 } },
      { fault: 'no-json' },
      { fault: 'no-utf8' },
      { value: 4 },
    ]);
  });

  it('are those of an array, or the one value that is none', async () => {
    expect(await itemsOf(' [1, {"a":[2]} ,null] ')).toEqual(values(1, { a: [2] }, null));
    expect(await itemsOf('{"a":1}')).toEqual(values({ a: 1 }));
    expect(await itemsOf('[]')).toEqual([]);
  });

  it.each([1, 2, 3])('are the same in slices, with characters of several bytes and blank lines: %s', async (seed) => {
    const items = Array.from({ length: 3_000 }, (_, n) => ({ n, 'ä😀': '\u2028' }));
    const texts = items.flatMap((item) =>
      item.n % 7 === seed ? [' \t\r', JSON.stringify(item)] : JSON.stringify(item),
    );
    const lines = await slicesOfLines(Buffer.from(texts.join('\n')));
    const { slices } = await slicesOfJson(Buffer.from(JSON.stringify(items, undefined, seed)));
    for (const found of [lines, slices]) {
      expect(found.flatMap((slice) => slice.read())).toEqual(values(...items));
      expect(found.reduce((sum, slice) => sum + slice.items, 0)).toBe(items.length);
      expect(Math.max(...found.map((slice) => slice.items))).toBeLessThanOrEqual(256);
    }
  });

  it('have the digits they were sent with, each for itself', async () => {
    const texts = ['{"n":1524831183200260097}', '{"n":[1.0,2]}', '{"ä":-0}', '"1.0"', '7', '1E2'];
    const deep = `${'['.repeat(30_000)}1.0${']'.repeat(30_000)}`;
    const lines = await linesOf([deep, ...texts].join('\n'));
    const items = await itemsOf(`[ ${[deep, ...texts].join(' ,\n')} ]`);
    for (const found of [lines, items]) {
      const given = found.slice(1).map((item) => JSON.stringify('value' in item && item.value));
      expect(given).toEqual(texts);
    }
  });

  it('are read in slices of no more than an item may have', async () => {
    const texts = Array.from({ length: 40 }, (_, n) => `"${'x'.repeat(n * 3_000)}"`);
    const lines = await slicesOfLines(Buffer.from(texts.join('\n')));
    const { slices } = await slicesOfJson(Buffer.from(`[${texts.join(',')}]`));
    for (const found of [lines, slices]) {
      expect(Math.max(...found.map(({ bytes }) => bytes))).toBeLessThanOrEqual(ITEM_BYTES);
      expect(found.flatMap((slice) => slice.read())).toHaveLength(40);
    }
  });

  it('are refused each for itself where they are larger than that, and never parsed', async () => {
    const large = ['[', ']'].map((bracket) => bracket.repeat(ITEM_BYTES / 2)).join('');
    const items = [...values(1), { fault: 'too-large' }, ...values(2)];
    expect(await linesOf(`1\n${large} \n2`)).toEqual(items);
    expect(await itemsOf(`[1,[${large}],2]`)).toEqual(items);
    expect(await itemsOf(`{"data":${large}}`)).toEqual([{ fault: 'too-large' }]);
  });

  it('are 10,000 at most', async () => {
    expect(await itemsOf(JSON.stringify(many(10_000)))).toHaveLength(10_000);
    expect(await linesOf(many(10_000).join('\n'))).toHaveLength(10_000);
    expect(await codeOf(() => itemsOf(JSON.stringify(many(10_001))))).toBe('too-large');
    expect(await codeOf(() => linesOf(many(10_001).join('\n')))).toBe('too-large');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '['],
    ['no JSON behind what is', '[{"a":1},{"a":}]'],
    ['no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
  ])('are refused as a whole where the body is %s', async (_, body) => {
    expect(await codeOf(() => slicesOfJson(Buffer.from(body as string)))).toBe('invalid-request');
  });
});
