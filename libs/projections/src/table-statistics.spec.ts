import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Namespace, type Postgres } from '#platform';
import { eventually } from '../../../test/support/eventually.js';
import { type HandFed, type Projecting, projecting } from '../test/projecting.js';
import { type Fold } from './fold.js';

/** As many rows as a record says, in a table that nobody but the projector looks after. */
const rowsFold = (namespace: Namespace): Fold => ({
  name: 'registry',
  topic: { name: namespace.topic('registry'), partitions: 2 },
  tables: 'CREATE TABLE rows (content text) WITH (autovacuum_enabled = off)',
  indexes: '',
  batch: 5,
  prepare: async (_partition, records) => async (tx) => {
    for (const { value } of records) {
      await tx.query(`INSERT INTO rows SELECT repeat('x', 100) FROM generate_series(1, $1)`, [value.toString()]);
    }
  },
});

/** How many rows the planner knows of. */
async function known(postgres: Postgres): Promise<number> {
  const { rows } = await postgres.query<{ reltuples: number }>(
    `SELECT reltuples FROM pg_class WHERE oid = 'rows'::regclass`,
  );
  return rows[0]!.reltuples;
}

describe('the statistics by which statements are planned', () => {
  let views: Projecting;
  let owner: HandFed;
  let offset = 0;
  beforeAll(async () => {
    views = projecting(process.env.DATABASE_URL!);
    owner = await views.owner(rowsFold(views.namespace));
    await owner.start();
  });
  afterAll(() => views.close());

  const write = (...counts: number[]) =>
    owner.apply(
      counts.map((rows) => ({ partition: 0, offset: offset++, key: 'k', value: Buffer.from(`${rows}`), time: 0 })),
    );

  it('are gathered when a table has grown, and again when it has grown further', async () => {
    await write(5_000);
    await eventually(async () => expect(await known(views.postgres)).toBe(5_000));
    await write(2_000, 9_000);
    await eventually(async () => expect(await known(views.postgres)).toBe(16_000));
  });
});
