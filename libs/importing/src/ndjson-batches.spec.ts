import { describe, expect, it } from '@jest/globals';
import { type Batch, batchesOf } from './ndjson-batches.js';
import { LineReader, MAX_LINE_BYTES } from './ndjson-lines.js';

const SIZE = { lines: 1_000, bytes: 1_000_000 };

/** The batches of an input that comes in pieces of so many bytes. */
async function batched(input: string | Buffer, { piece = 7, size = SIZE, source = '' } = {}): Promise<Batch[]> {
  const bytes = Buffer.from(input);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const batches: Batch[] = [];
  for await (const batch of batchesOf(pieces(), new LineReader(), size, source)) batches.push(batch);
  return batches;
}

const sent = (batches: readonly Batch[]) => batches.map(({ body }) => body.toString()).join('');
const ids = (batches: readonly Batch[]) =>
  sent(batches)
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe('batches of lines', () => {
  it('leave every byte of a line that has an id as it is', async () => {
    const line = '  { "\\u0069d" : "a", "userId":1.0, "data" : {"n":12345678901234567890, "id":7} }';
    expect(sent(await batched(`${line}\n`))).toBe(`${line}\n`);
  });

  it('put an id in front of the fields of a line that has none, and leave those as they are', async () => {
    const fields = ' "userId":1.0,"data":{"id":7,"n":12345678901234567890} }';
    const [batch] = await batched(` {${fields}`);
    expect(batch!.body.toString()).toMatch(/^\{"id":"[0-9a-f]{32}", "userId":1\.0/);
    expect(batch!.body.toString().trim().endsWith(fields)).toBe(true);
    expect(batch!.named).toBe(1);
  });

  it('put an id behind the fields of a line whose id is null, which counts as none', async () => {
    const line = ' { "id" : null,"userId":1.0,"data":{"a":"}"} } ';
    const [batch] = await batched([line, line].join('\n'));
    expect(batch!.body.toString()).toMatch(
      /^ \{ "id" : null,"userId":1\.0,"data":\{"a":"\}"\} ,"id":"[0-9a-f]{32}"\} \n/,
    );
    expect(new Set(ids([batch!])).size).toBe(2);
    expect(batch!.named).toBe(2);
  });

  it.each(['{}', '[]', '7', 'null', '"id"', '{"userId":1', '{"id":null}', 'id'])(
    'leave %s for the service to judge',
    async (line) => {
      const [batch] = await batched(line);
      expect({ body: batch!.body.toString(), named: batch!.named }).toEqual({ body: `${line}\n`, named: 0 });
    },
  );

  it('give equal lines ids of their own, the same ones in whatever pieces, ends of lines and batches they come', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => (n % 4 === 1 ? '' : '{"userId":1}'));
    const first = ids(await batched(lines.join('\n')));
    expect(new Set(first).size).toBe(15);
    const windows = `\uFEFF${lines.join('\r\n')}\r\n`;
    expect(ids(await batched(windows, { piece: 1, size: { lines: 2, bytes: 1e6 } }))).toEqual(first);
    expect(ids(await batched(lines.join('\n'), { piece: 1e6, size: { lines: 9, bytes: 20 } }))).toEqual(first);
    const other = ids(await batched(lines.join('\n'), { source: 'other' }));
    expect(other.filter((id) => first.includes(id))).toEqual([]);
  });

  it('name the line that each of their items is, blank ones counted', async () => {
    const batches = await batched('{"a":1}\n\n \t\r\n{"a":2}\n{"a":3}\n\n', { size: { lines: 2, bytes: 1e6 } });
    expect(batches.map(({ numbers }) => numbers)).toEqual([[1, 4], [5]]);
    expect(batches.map(({ place }) => [place.lines, place.offset])).toEqual([
      [4, 21],
      [6, 30],
    ]);
  });

  it('stand behind whole lines only, since a last one without an end may still grow', async () => {
    const [whole] = await batched('{"a":1}\n');
    const [grown] = await batched('{"a":1}\n{"a":');
    expect(grown!.numbers).toEqual([1, 2]);
    expect(grown!.place).toEqual(whole!.place);
  });

  it('pass over a line that is too long, and no other', async () => {
    const long = `{"id":"${'x'.repeat(MAX_LINE_BYTES)}"}`;
    const batches = await batched(`{"id":"a"}\n${long}\n{"id":"b"}\n${long}`, { piece: 65_536 });
    expect(ids(batches)).toEqual(['a', 'b']);
    expect(batches.flatMap(({ refused }) => refused)).toMatchObject([
      { number: 2, code: 'too-large' },
      { number: 4, code: 'too-large' },
    ]);
  });

  it('pass on what is no UTF-8 as it is', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0x61, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a]);
    const [batch] = await batched(bytes);
    expect(batch!.body.includes(0xff)).toBe(true);
  });
});
