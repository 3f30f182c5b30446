import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Namespace } from './namespace.js';
import { Postgres, prepared, type Transaction } from './postgres.js';
import { addRows, addUpRows, deleteRows, findRows, putRows, type Table } from './tables.js';

const schema = `tables_${randomUUID().slice(0, 8)}`;
const table: Table = {
  name: 'samples',
  key: { environment: 'text', sampleId: 'bigint' },
  columns: { sampleId: 'bigint', whenMade: 'timestamptz', content: 'json', numbers: 'int[]', note: 'text' },
};
const counts: Table = { name: 'counts', key: { environment: 'text' }, columns: { users: 'bigint' } };
const one = { sampleId: 1, whenMade: 1_500, content: { a: ['"', null] }, numbers: [1, 2], note: 'a\tb' };
const two = { sampleId: 2, whenMade: 0, content: {}, numbers: [], note: undefined };

describe('the rows of a table', () => {
  let postgres: Postgres;
  const write = (work: (tx: Transaction) => void) => postgres.transaction(async (tx) => work(prepared(tx)));
  const inDemo = (row: object) => ({ environment: 'demo', ...row });
  const found = (...keys: object[]) => findRows(postgres.prepared, table, keys);

  beforeAll(async () => {
    postgres = new Postgres(process.env.DATABASE_URL!, new Namespace('tables'), { schemas: [schema] });
    await postgres.query(`CREATE SCHEMA ${schema}`);
    await postgres.query(`CREATE TABLE ${schema}.samples (environment text, sample_id bigint, when_made timestamptz,
      content json, numbers int[], note text, PRIMARY KEY (environment, sample_id))`);
    await postgres.query(`CREATE TABLE ${schema}.counts (environment text PRIMARY KEY, users bigint)`);
  });
  afterAll(async () => {
    await postgres.query(`DROP SCHEMA ${schema} CASCADE`);
    await postgres.close();
  });

  it('are found as they were written, in the order of the keys, added or put in the place of others', async () => {
    const changed = { ...two, ...one, sampleId: 2 };
    await write((tx) => addRows(tx, table, [one, two].map(inDemo)));
    expect(await found({ environment: 'demo', sampleId: 2 }, inDemo(one), { environment: 'x', sampleId: 1 })).toEqual([
      two,
      one,
      undefined,
    ]);
    await write((tx) => putRows(tx, table, [changed, { ...two, sampleId: 3 }].map(inDemo)));
    expect(await found(...[1, 2, 3].map((sampleId) => inDemo({ sampleId })))).toEqual([
      one,
      changed,
      { ...two, sampleId: 3 },
    ]);
  });

  it('are deleted by their keys', async () => {
    await write((tx) => putRows(tx, table, [one, two].map(inDemo)));
    await write((tx) => deleteRows(tx, table, [{ environment: 'demo', sampleId: 1 }]));
    expect(await found(inDemo(one), inDemo(two))).toEqual([undefined, two]);
  });

  it('add up with those that are there', async () => {
    await write((tx) => addUpRows(tx, counts, [{ environment: 'a', users: 2 }]));
    await write((tx) =>
      addUpRows(
        tx,
        counts,
        ['a', 'b'].map((environment) => ({ environment, users: -1 })),
      ),
    );
    const { rows } = await postgres.query('SELECT * FROM counts ORDER BY environment');
    expect(rows).toEqual([
      { environment: 'a', users: 1 },
      { environment: 'b', users: -1 },
    ]);
  });
});
