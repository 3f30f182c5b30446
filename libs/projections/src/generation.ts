import { type Extent } from '#event-sourcing';
import { type Namespace, type Postgres, type Queryable, takeTurn } from '#platform';
import { type FoldViews } from './fold.js';

/** The live views are of another version than this code, not there (yet), or still on their way through the log. */
export class GenerationMissing extends Error {
  override readonly name = 'GenerationMissing';
}

/**
 * Makes the live generation of a fold's views where there is none: empty, at the start of the log, and complete once
 * it has come to where the log's partitions end now (`extents`). Views of another version are left alone:
 * `GenerationMissing`.
 */
export async function prepareGeneration(
  postgres: Postgres,
  namespace: Namespace,
  fold: FoldViews,
  extents: ReadonlyMap<number, Extent>,
): Promise<void> {
  await postgres.transaction(async (tx) => {
    // Several processes start at once.
    await takeTurn(tx, namespace.schema(fold.name));
    if ((await versionOf(tx, namespace, fold)) === undefined) await createViews(tx, namespace, fold, extents);
  });
  await requireVersion(postgres, namespace, fold);
}

/** Throws `GenerationMissing` unless the live views are those that this code's fold writes, and complete. */
export async function requireGeneration(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<void> {
  await requireVersion(db, namespace, fold);
  const { rows } = await db.query<{ behind: number | null }>(
    `SELECT sum(complete_at - position) AS behind FROM ${fold.name}_checkpoints WHERE position < complete_at`,
  );
  const behind = Number(rows[0]?.behind ?? 0);
  if (behind > 0) {
    throw new GenerationMissing(`the views of ${fold.name} are being rebuilt: ${behind} records of the log to go`);
  }
}

async function requireVersion(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<void> {
  const version = await versionOf(db, namespace, fold);
  if (version === fold.version) return;
  throw new GenerationMissing(
    version === undefined
      ? `the views of ${fold.name} are missing: start a projector, or run "tidemark migrate"`
      : `the views of ${fold.name} are of version ${version}, this code's are ${fold.version}: ` +
          `drop the schema ${namespace.schema(fold.name)} and start a projector, which reads the log again`,
  );
}

async function createViews(
  tx: Queryable,
  namespace: Namespace,
  fold: FoldViews,
  extents: ReadonlyMap<number, Extent>,
): Promise<void> {
  const schema = namespace.schema(fold.name);
  await tx.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  await tx.query(`SET LOCAL search_path TO "${schema}", public`);
  await tx.query(`CREATE TABLE ${fold.name}_generation (version int NOT NULL)`);
  await tx.query(`INSERT INTO ${fold.name}_generation VALUES ($1)`, [fold.version]);
  await tx.query(
    `CREATE TABLE ${fold.name}_checkpoints
       (partition int PRIMARY KEY, position bigint NOT NULL, complete_at bigint NOT NULL)`,
  );
  const partitions = Array.from({ length: fold.topic.partitions }, (_, partition) => partition);
  await tx.query(
    `INSERT INTO ${fold.name}_checkpoints SELECT partition, 0, complete_at FROM unnest($1::int[], $2::bigint[]) AS log (partition, complete_at)`,
    [partitions, partitions.map((partition) => extents.get(partition)?.high ?? 0)],
  );
  await tx.query(fold.tables);
}

async function versionOf(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<number | undefined> {
  const table = `${namespace.schema(fold.name)}.${fold.name}_generation`;
  const { rows } = await db.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  if (!rows[0]?.exists) return undefined;
  const versions = await db.query<{ version: number }>(`SELECT version FROM ${table}`);
  return versions.rows[0]?.version;
}
