import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Postgres } from '#platform';
import { freshNamespace } from '../../test/views.js';
import { numbers, texts } from './array-literals.js';

const postgres = new Postgres(process.env.DATABASE_URL!, freshNamespace(), { max: 1 });
afterAll(() => postgres.close());

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', "'", '\n', 'é', '😀', 'a') }),
  fc.constantFrom('NULL', 'null', '', '\\\\"'),
);

describe('columns as Postgres writes arrays', () => {
  it('come back as they went', async () => {
    const columns = fc.record({
      texts: fc.array(fc.option(text)),
      numbers: fc.array(fc.option(fc.maxSafeInteger())),
    });
    await fc.assert(
      fc.asyncProperty(columns, async (given) => {
        const { rows } = await postgres.query('SELECT $1::text[] AS texts, $2::bigint[]::text[] AS numbers', [
          texts(given.texts),
          numbers(given.numbers),
        ]);
        const asText = given.numbers.map((value) => (value === null ? null : String(value)));
        expect(rows).toEqual([{ texts: given.texts, numbers: asText }]);
      }),
      { numRuns: 50 },
    );
  });
});
