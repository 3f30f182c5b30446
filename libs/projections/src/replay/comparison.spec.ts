import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres } from '#platform';
import { freshNamespace } from '../../../../test/support/namespaces.js';
import { notesFold } from '../../test/notes.js';
import { compare, unsharedTables } from './comparison.js';
import { Pace } from './pace.js';
import { WorkingShare } from './working-share.js';
import { Snapshot } from './snapshot.js';

const THINGS =
  'CREATE TABLE things (environment text, id int, a text, b text, body json, PRIMARY KEY (environment, id))';

describe('the comparison of two generations', () => {
  const namespace = new Namespace(freshNamespace());
  const schemas = { live: namespace.views('registry'), built: namespace.generation('registry', 'next') };
  const fold = notesFold(namespace);
  let postgres: Postgres;

  beforeEach(async () => {
    postgres = new Postgres(process.env.DATABASE_URL!, namespace);
    for (const schema of Object.values(schemas)) await postgres.query(`CREATE SCHEMA ${schema}`);
    await both(THINGS);
  });
  afterEach(async () => {
    for (const schema of Object.values(schemas)) await postgres.query(`DROP SCHEMA ${schema} CASCADE`);
    await postgres.close();
  });

  const on = (side: keyof typeof schemas, statement: string) =>
    postgres.transaction(async (tx) => {
      await tx.query(`SET LOCAL search_path TO ${schemas[side]}`);
      await tx.query(statement);
    });
  const both = async (statement: string) => {
    await on('live', statement);
    await on('built', statement);
  };
  const fill = (from: number, to: number, environment = 'demo') =>
    `INSERT INTO things SELECT '${environment}', n, 'a' || n, 'b' || n, '{"n": 1}' FROM generate_series(${from}, ${to}) n`;

  async function compared(environment?: string) {
    const snapshot = await Snapshot.take(postgres);
    const candidate = { fold, schema: schemas.built, live: { schema: schemas.live, version: 1 } };
    try {
      const comparison = await compare(new Pace(new WorkingShare()), snapshot, candidate, environment);
      return { ...comparison, unshared: await unsharedTables(snapshot, candidate) };
    } finally {
      await snapshot.release();
    }
  }

  it('finds none where rows are the same, in whatever order they were written', async () => {
    await on('live', fill(1, 100));
    await on('built', fill(51, 100));
    await on('built', fill(1, 50));
    expect(await compared()).toEqual({ tables: 1, rows: 100, differences: [], unshared: [] });
  });

  it('looks at rows of every partition, of those too that there are not', async () => {
    await both('CREATE TABLE placed (environment text, id int PRIMARY KEY, partition int)');
    await both(`INSERT INTO placed SELECT 'demo', n, n - 2 FROM generate_series(1, 12) n`);
    await both('INSERT INTO placed VALUES (NULL, 13, NULL)');
    expect(await compared()).toMatchObject({ rows: 13, differences: [] });
    await on('built', 'UPDATE placed SET id = id + 100');
    const { differences } = await compared();
    expect(differences.map(({ environment, live, built }) => [environment, live, built])).toEqual([
      ['demo', 12, 12],
      [null, 1, 1],
    ]);
  });

  it.each([
    ['other contents', `UPDATE things SET a = 'x' WHERE id = 3`, 5],
    ['other contents', `UPDATE things SET a = NULL WHERE id = 3`, 5],
    ['other contents', `UPDATE things SET a = b, b = a WHERE id = 3`, 5],
    ['other contents', `UPDATE things SET body = '{"n": 1.0}' WHERE id = 3`, 5],
    ['other contents', `UPDATE things SET body = '{"n":1}' WHERE id = 3`, 5],
    ['only live', 'DELETE FROM things WHERE id = 3', 4],
  ])('finds a row: %s after %s', async (how, change, built) => {
    await both(fill(1, 5));
    await on('built', change);
    expect((await compared()).differences).toEqual([
      {
        view: 'registry',
        table: 'things',
        environment: 'demo',
        live: 5,
        built,
        rows: [`environment, id = (demo,3): ${how}`],
      },
    ]);
  });

  it('finds rows that are only built, and shows five of them', async () => {
    await both(fill(1, 5));
    await on('built', fill(6, 20));
    const { differences } = await compared();
    expect(differences).toMatchObject([{ live: 5, built: 20 }]);
    expect(differences[0]!.rows).toHaveLength(5);
    expect(differences[0]!.rows).toContain('environment, id = (demo,10): only built');
  });

  it('finds values that have changed places between rows', async () => {
    await both(fill(1, 5));
    await on('built', `UPDATE things SET a = CASE id WHEN 1 THEN 'a2' ELSE 'a1' END WHERE id IN (1, 2)`);
    expect((await compared()).differences).toMatchObject([{ rows: [expect.any(String), expect.any(String)] }]);
  });

  it('tells environments apart, and looks at one alone where it is asked to', async () => {
    await both(fill(1, 5));
    await both(fill(1, 5, 'dem'));
    await both('CREATE TABLE of_nobody (n int PRIMARY KEY)');
    await on('built', `UPDATE things SET a = 'x' WHERE environment = 'demo' AND id = 1`);
    await on('built', 'INSERT INTO of_nobody VALUES (1)');
    const all = await compared();
    expect(all.tables).toBe(2);
    expect(all.differences).toMatchObject([
      { table: 'of_nobody', environment: null, live: 0, built: 1 },
      { table: 'things', environment: 'demo' },
    ]);
    expect((await compared('demo')).differences).toMatchObject([{ table: 'things', environment: 'demo' }]);
    expect(await compared('dem')).toMatchObject({ tables: 1, rows: 5, differences: [] });
  });

  it('looks past what belongs to a generation and not to the log', async () => {
    await both('CREATE TABLE registry_generation (id uuid DEFAULT gen_random_uuid(), n int)');
    await both('INSERT INTO registry_generation (n) VALUES (1)');
    await both('CREATE TABLE registry_checkpoints (partition int PRIMARY KEY, position bigint, complete_at bigint)');
    await on('live', 'INSERT INTO registry_checkpoints VALUES (0, 5, 1)');
    await on('built', 'INSERT INTO registry_checkpoints VALUES (0, 5, 0)');
    expect(await compared()).toMatchObject({ tables: 2, rows: 1, differences: [] });
    await on('built', 'UPDATE registry_checkpoints SET position = 4');
    expect((await compared()).differences).toMatchObject([{ table: 'registry_checkpoints', environment: null }]);
  });

  it('of two versions compares what both have, also where it has another type', async () => {
    await both('CREATE TABLE counts (environment text, n int)');
    await on('built', 'ALTER TABLE counts ALTER n TYPE bigint, ADD more text');
    await both(`INSERT INTO counts VALUES ('demo', 7)`);
    await on('live', 'CREATE TABLE gone (n int)');
    await on('built', 'CREATE TABLE made (n int)');
    const { tables, differences, unshared } = await compared();
    expect({ tables, differences }).toEqual({ tables: 2, differences: [] });
    expect(unshared.map(({ table, rows }) => [table, ...rows]).sort()).toEqual([
      ['gone', `the table is only in ${schemas.live}`],
      ['made', `the table is only in ${schemas.built}`],
    ]);
    await on('built', 'UPDATE counts SET n = 8');
    expect((await compared()).differences).toMatchObject([{ table: 'counts', environment: 'demo' }]);
  });
});
