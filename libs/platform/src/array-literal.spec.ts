import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Namespace, Postgres } from '#platform';
import { freshNamespace } from '../../../test/support/namespaces.js';

const postgres = new Postgres(process.env.DATABASE_URL!, new Namespace(freshNamespace()), { max: 1 });
afterAll(() => postgres.close());

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', "'", '\n', 'é', '😀', 'a') }),
  fc.constantFrom('NULL', 'null', '', '\\\\"'),
);

describe('arrays in a prepared statement', () => {
  it('come back as they went', async () => {
    const columns = fc.record({
      texts: fc.array(fc.option(text)),
      numbers: fc.array(fc.option(fc.maxSafeInteger())),
      truths: fc.array(fc.option(fc.boolean())),
      bytes: fc.array(fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)))),
    });
    await fc.assert(
      fc.asyncProperty(columns, async (given) => {
        const { rows } = await postgres.prepared.query(
          'SELECT $1::text[] AS texts, $2::bigint[]::text[] AS numbers, $3::boolean[] AS truths, $4::bytea[] AS bytes',
          [given.texts, given.numbers, given.truths, given.bytes],
        );
        const asText = given.numbers.map((value) => (value === null ? null : String(value)));
        expect(rows).toEqual([{ ...given, numbers: asText }]);
      }),
      { numRuns: 50 },
    );
  });

  it('hold nothing that could be read in several ways', () => {
    const sent = postgres.prepared.query('SELECT $1::timestamptz[]', [[new Date()]]);
    return expect(sent).rejects.toThrow('an array for Postgres holds texts');
  });
});
