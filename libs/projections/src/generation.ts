import { type Namespace, type Postgres, type Queryable } from '#platform';
import { type Fold } from './fold.js';

/** The live views are of another version than this code, or not there (yet). */
export class GenerationMissing extends Error {
  override readonly name = 'GenerationMissing';
}

/**
 * Makes the live generation of a fold's views where there is none, empty and at the start of the log. Views of
 * another version are left alone: `GenerationMissing`.
 */
export async function prepareGeneration(postgres: Postgres, namespace: Namespace, fold: Fold): Promise<void> {
  await postgres.transaction(async (tx) => {
    // Several processes start at once; the lock ends with the transaction.
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [namespace.schema(fold.name)]);
    if ((await versionOf(tx, namespace, fold)) === undefined) await createViews(tx, namespace, fold);
  });
  await requireGeneration(postgres, namespace, fold);
}

/** Throws `GenerationMissing` unless the live views are those that this code's fold writes. */
export async function requireGeneration(db: Queryable, namespace: Namespace, fold: Fold): Promise<void> {
  const version = await versionOf(db, namespace, fold);
  if (version === fold.version) return;
  throw new GenerationMissing(
    version === undefined
      ? `the views of ${fold.name} are missing: start a projector, or run "tidemark migrate"`
      : `the views of ${fold.name} are of version ${version}, this code's are ${fold.version}: ` +
          `drop the schema ${namespace.schema(fold.name)} and start a projector, which reads the log again`,
  );
}

async function createViews(tx: Queryable, namespace: Namespace, fold: Fold): Promise<void> {
  const schema = namespace.schema(fold.name);
  await tx.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  await tx.query(`SET LOCAL search_path TO "${schema}", public`);
  await tx.query(`CREATE TABLE ${fold.name}_generation (version int NOT NULL)`);
  await tx.query(`INSERT INTO ${fold.name}_generation VALUES ($1)`, [fold.version]);
  await tx.query(`CREATE TABLE ${fold.name}_checkpoints (partition int PRIMARY KEY, position bigint NOT NULL)`);
  await tx.query(
    `INSERT INTO ${fold.name}_checkpoints SELECT partition, 0 FROM generate_series(0, $1 - 1) AS partition`,
    [fold.topic.partitions],
  );
  await tx.query(fold.tables);
}

async function versionOf(db: Queryable, namespace: Namespace, fold: Fold): Promise<number | undefined> {
  const table = `${namespace.schema(fold.name)}.${fold.name}_generation`;
  const { rows } = await db.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  if (!rows[0]?.exists) return undefined;
  const versions = await db.query<{ version: number }>(`SELECT version FROM ${table}`);
  return versions.rows[0]?.version;
}
