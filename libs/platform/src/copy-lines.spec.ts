import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Namespace, Postgres, prepared } from '#platform';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { copyLine, copyLines, type CopyValue } from './copy-lines.js';

describe("rows in COPY's text format", () => {
  let postgres: Postgres;
  beforeAll(() => {
    postgres = new Postgres(process.env.DATABASE_URL ?? '', new Namespace(freshNamespace()));
  });
  afterAll(() => postgres.close());

  it('come out as they went in, whatever text they hold', async () => {
    const awkward = fc.constantFrom('\t', '\n', '\r', '\\', '\\N', '\\.', '"', "'", '', ' ', 'ü', '\u2028', '𝄞');
    const text = fc.array(fc.oneof(awkward, fc.string())).map((parts) => parts.join('').replaceAll('\0', ''));
    const row = fc.tuple(fc.option(text), fc.option(fc.integer()), text);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        expect(await copied(rows)).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  const copied = (rows: readonly CopyValue[][]) =>
    postgres.transaction(async (tx) => {
      await tx.query('CREATE TEMPORARY TABLE given (n serial, a text, b int, c text) ON COMMIT DROP');
      await prepared(tx).copy('COPY given (a, b, c) FROM STDIN', copyLines(rows, copyLine));
      const { rows: found } = await tx.query<{ a: string; b: number; c: string }>(
        'SELECT a, b, c FROM given ORDER BY n',
      );
      return found.map(({ a, b, c }) => [a, b, c]);
    });
});
