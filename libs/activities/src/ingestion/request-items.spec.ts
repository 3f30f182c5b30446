import { describe, expect, it } from '@jest/globals';
import { NDJSON } from '#platform';
import { CLOUDEVENTS_BATCH, slicesOf } from './request-items.js';

const itemsOf = (mediaType: string, body: unknown) =>
  slicesOf(mediaType, body, 100_000).flatMap((slice) => slice.read());

const refusal = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the items of a request', () => {
  it('are one object or those of an array', () => {
    expect(itemsOf('application/json', { a: 1 })).toEqual([{ activity: { a: 1 } }]);
    expect(itemsOf('application/json', [1, null])).toEqual([{ activity: 1 }, { activity: null }]);
    expect(itemsOf('application/json', [])).toEqual([]);
  });

  it('are the lines that are not blank, whatever ends them', () => {
    const lines = '\n{"a":1}\r\n  \t\n\r\n{"a":2}\n{"a":3}';
    const items = [1, 2, 3].map((a) => ({ activity: { a } }));
    expect(itemsOf(NDJSON, Buffer.from(lines))).toEqual(items);
    expect(itemsOf(NDJSON, Buffer.from(''))).toEqual([]);
  });

  it('keep their places when a line is no JSON or no UTF-8', () => {
    const lines = Buffer.concat([
      Buffer.from('{"a":1}\n{"a":\n"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"\n{"a":4}'),
    ]);
    const fault = { code: 'invalid', detail: 'the line is no JSON' };
    expect(itemsOf(NDJSON, lines)).toEqual([{ activity: { a: 1 } }, { fault }, { fault }, { activity: { a: 4 } }]);
  });

  it.each([1, 2, 3])('are the same in slices, with characters of several bytes and blank lines: %s', (seed) => {
    const texts = Array.from({ length: 3_000 }, (_, n) =>
      n % 7 === seed ? ' \t\r' : JSON.stringify({ n, 'ä😀': '\u2028' }),
    );
    const body = Buffer.from(texts.join('\n'));
    const slices = slicesOf(NDJSON, body, body.length);
    const items = texts
      .filter((text) => text.startsWith('{'))
      .map((text) => ({ activity: JSON.parse(text) as unknown }));
    expect(slices.flatMap((slice) => slice.read())).toEqual(items);
    expect(slices.reduce((sum, slice) => sum + slice.items, 0)).toBe(items.length);
    expect(Math.max(...slices.map((slice) => slice.items))).toBeLessThanOrEqual(256);
  });

  it('are read in slices of 128 KiB, or of one line that is longer', () => {
    const body = Buffer.from(Array.from({ length: 40 }, (_, n) => `"${'x'.repeat(n * 10_000)}"`).join('\n'));
    const slices = slicesOf(NDJSON, body, body.length);
    for (const { items, bytes } of slices) expect(items === 1 || bytes <= 128 * 1024).toBe(true);
    expect(slices.flatMap((slice) => slice.read())).toHaveLength(40);
  });

  it('are the events of a batch', () => {
    const event = { specversion: '1.0', id: 'e', type: 't', subject: '1' };
    const items = itemsOf(CLOUDEVENTS_BATCH, Buffer.from(JSON.stringify([event, {}])));
    expect(items).toEqual([{ activity: { id: 'e', type: 't', userId: 1 } }, { fault: expect.anything() }]);
  });

  it('are 10,000 at most', () => {
    const many = (count: number) => Array.from({ length: count }, () => 0);
    expect(itemsOf('application/json', many(10_000))).toHaveLength(10_000);
    expect(itemsOf(NDJSON, Buffer.from(many(10_000).join('\n')))).toHaveLength(10_000);
    expect(refusal(() => itemsOf('application/json', many(10_001)))).toBe('too-large');
    expect(refusal(() => itemsOf(NDJSON, Buffer.from(many(10_001).join('\n'))))).toBe('too-large');
    expect(refusal(() => itemsOf(CLOUDEVENTS_BATCH, Buffer.from(JSON.stringify(many(10_001)))))).toBe('too-large');
  });

  it.each([
    ['no body', 'application/json', undefined, 'invalid-request'],
    ['a batch that is no JSON', CLOUDEVENTS_BATCH, Buffer.from('['), 'invalid-request'],
    ['a batch that is no UTF-8', CLOUDEVENTS_BATCH, Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 'invalid-request'],
    ['a batch that is no array', CLOUDEVENTS_BATCH, Buffer.from('{}'), 'invalid-body'],
    ['another media type', 'application/merge-patch+json', {}, 'unsupported-media-type'],
  ])('are refused with %s', (_, mediaType, body, code) => {
    expect(refusal(() => itemsOf(mediaType, body))).toBe(code);
  });
});
