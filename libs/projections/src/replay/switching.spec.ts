import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres, prepared, together } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { freshNamespace } from '../../../../test/support/namespaces.js';
import { dropViews } from '../../../../test/support/views.js';
import { moveCheckpoint } from '../checkpoints.js';
import { type Fold } from '../fold.js';
import { createGeneration, generationOf, prepareGeneration } from '../generation.js';
import { switchTo } from './switching.js';

describe('a switch of generations', () => {
  let namespace: Namespace;
  let admin: Postgres;
  let projector: Postgres;
  let fold: Fold;
  let schemas: { views: string; next: string; old: string };

  beforeEach(async () => {
    namespace = new Namespace(freshNamespace());
    const open = (max: number) => new Postgres(process.env.DATABASE_URL ?? '', namespace, { max });
    [admin, projector] = [open(4), open(1)];
    fold = {
      name: 'activities',
      topic: { name: 'unused', partitions: 1 },
      tables: 'CREATE TABLE ledger (value int PRIMARY KEY)',
      indexes: '',
      batch: 1,
      prepare: () => Promise.reject(new Error('unused')),
    };
    const { name } = fold;
    schemas = {
      views: namespace.views(name),
      next: namespace.generation(name, 'next'),
      old: namespace.generation(name, 'old'),
    };
    await prepareGeneration(admin, namespace, fold, new Map());
    await makeNext();
  });
  afterEach(async () => {
    await projector.close();
    await dropViews(admin, namespace);
    await admin.close();
  });

  const makeNext = () =>
    admin.transaction((tx) => createGeneration(tx, schemas.next, { fold, version: namespace.version(fold.name) }));

  /** As a projector writes: everything on one connection, prepared, without waiting in between. */
  const write = (from: number) =>
    projector.transaction(async (connection) => {
      const tx = prepared(connection);
      const moved = moveCheckpoint(tx, fold, { partition: 0, from, to: from + 1 });
      const generation = generationOf(tx, fold.name);
      await together([moved, tx.query('INSERT INTO ledger VALUES ($1)', [from]), generation]);
      return generation;
    });

  const contents = async (schema: string) => {
    const { rows } = await admin.query<{ position: number; values: number[] | null }>(
      `SELECT position, (SELECT array_agg(value ORDER BY value) FROM ${schema}.ledger) AS values
       FROM ${schema}.activities_checkpoints`,
    );
    return rows[0];
  };

  const switchOver = (live: string, schema: string, meanwhile = () => Promise.resolve()) =>
    admin.transaction(async (tx) => {
      await tx.query(`LOCK TABLE ${live}.activities_checkpoints IN SHARE ROW EXCLUSIVE MODE`);
      await meanwhile();
      await switchTo(tx, namespace, [{ fold, schema, live: { schema: live, version: namespace.version(fold.name) } }]);
    });

  /** Resolves when somebody waits for the live checkpoints. */
  const somebodyWaits = () =>
    eventually(async () => {
      const { rows } = await admin.query(
        `SELECT FROM pg_locks WHERE NOT granted AND relation = '${schemas.views}.activities_checkpoints'::regclass`,
      );
      expect(rows).toHaveLength(1);
    });

  it('is followed by connections whose statements were prepared before', async () => {
    await write(0);
    await admin.query(`UPDATE ${schemas.next}.activities_checkpoints SET position = 1`);
    await switchOver(schemas.views, schemas.next);
    await write(1);
    expect(await contents(schemas.views)).toEqual({ position: 2, values: [1] });
    expect(await contents(schemas.old)).toEqual({ position: 1, values: [0] });
  });

  it('lets a transaction that waits for it write to the new generation alone, all of it', async () => {
    await write(0);
    await admin.query(`UPDATE ${schemas.next}.activities_checkpoints SET position = 1`);
    let waiting: Promise<string> | undefined;
    await switchOver(schemas.views, schemas.next, async () => {
      waiting = write(1);
      await somebodyWaits();
    });
    expect(await waiting).toBe(await generationOf(admin, fold.name));
    expect(await contents(schemas.views)).toEqual({ position: 2, values: [1] });
    expect(await contents(schemas.old)).toEqual({ position: 1, values: [0] });
  });

  it('waits for a transaction that was before it, which writes to the former generation alone', async () => {
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const before = projector.transaction(async (connection) => {
      const tx = prepared(connection);
      await moveCheckpoint(tx, fold, { partition: 0, from: 0, to: 1 });
      begun.resolve();
      await gate.promise;
      await tx.query('INSERT INTO ledger VALUES ($1)', [0]);
    });
    await begun.promise;
    const switching = switchOver(schemas.views, schemas.next);
    await somebodyWaits();
    gate.resolve();
    await Promise.all([before, switching]);
    expect(await contents(schemas.old)).toEqual({ position: 1, values: [0] });
    expect(await contents(schemas.views)).toEqual({ position: 0, values: null });
  });

  it('gives up soon where somebody reads for long, behind whom all others would wait, and nothing has changed', async () => {
    await projector.transaction(async (reader) => {
      await reader.query('SELECT FROM activities_checkpoints');
      await expect(switchOver(schemas.views, schemas.next)).rejects.toMatchObject({ code: '55P03' });
      await reader.query('SELECT FROM activities_checkpoints');
    });
    await switchOver(schemas.views, schemas.next);
  });

  it('swaps the two generations when the former one takes its place again', async () => {
    const first = await generationOf(admin, fold.name);
    await switchOver(schemas.views, schemas.next);
    expect(await generationOf(admin, fold.name)).not.toBe(first);
    await switchOver(schemas.views, schemas.old);
    expect(await generationOf(admin, fold.name)).toBe(first);
  });
});
