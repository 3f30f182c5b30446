import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CopyRows, Namespace, Postgres, prepared } from '#platform';
import { freshNamespace } from '../../../test/support/namespaces.js';

interface Given {
  readonly a: string | null;
  readonly b: number;
  readonly c: number;
}

describe("rows in COPY's binary format", () => {
  let postgres: Postgres;
  beforeAll(() => {
    postgres = new Postgres(process.env.DATABASE_URL ?? '', new Namespace(freshNamespace()));
  });
  afterAll(() => postgres.close());

  const copied = (rows: readonly Given[]) =>
    postgres.transaction(async (tx) => {
      await tx.query('CREATE TEMPORARY TABLE given (n serial, a text, b int, c bigint) ON COMMIT DROP');
      const lines = new CopyRows();
      for (const { a, b, c } of rows) {
        lines.begin(3);
        lines.text(a);
        lines.int4(b);
        lines.int8(c);
      }
      await prepared(tx).copy('COPY given (a, b, c) FROM STDIN (FORMAT binary)', lines.end());
      return (await tx.query<Given>('SELECT a, b, c FROM given ORDER BY n')).rows;
    });

  it('come out as they went in, whatever texts and numbers they hold', async () => {
    const awkward = fc.constantFrom('\t', '\n', '\\', '\\N', '', 'ü', '\u2028', '𝄞');
    const text = fc.array(fc.oneof(awkward, fc.string())).map((parts) => parts.join('').replaceAll('\0', ''));
    const edges = fc.constantFrom(0, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), 2 ** 43 + 1, 2 ** 53 - 1);
    const row = fc.record({ a: fc.option(text), b: fc.integer(), c: fc.oneof(edges, fc.maxSafeInteger()) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        expect(await copied(rows)).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  it('find room however long they are', async () => {
    const rows = [1, 100_000, 10, 1_000_000].map((length, n) => ({ a: 'é'.repeat(length), b: n, c: n }));
    expect(await copied(rows)).toEqual(rows);
  });
});
