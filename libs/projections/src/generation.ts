import { type Extents } from '#event-sourcing';
import { type FoldName, type Namespace, type Postgres, type Queryable, takeTurn } from '#platform';
import { deadLetterTables } from './dead-letters.js';
import { type FoldViews } from './fold.js';

/** The views that this code reads are not there (yet), or still on their way through the log. */
export class GenerationMissing extends Error {
  override readonly name = 'GenerationMissing';
}

/**
 * Makes the live generation of a fold's views where there is none of any version: empty, at the start of the log, and
 * complete once it has come to where the log's partitions end now (`extents`). Beside views of another version none are
 * made: `GenerationMissing`.
 */
export async function prepareGeneration(
  postgres: Postgres,
  namespace: Namespace,
  fold: FoldViews,
  extents: Extents,
): Promise<void> {
  await postgres.transaction(async (tx) => {
    // Several processes start at once.
    await takeTurn(tx, namespace.views(fold.name));
    const versions = await liveVersions(tx, namespace, fold);
    if (versions.length > 0) return;
    const version = namespace.version(fold.name);
    await createGeneration(tx, namespace.views(fold.name), { fold, version, completeAt: highWaterMarks(extents) });
    await tx.query(fold.indexes);
  });
  await requireViews(postgres, namespace, fold);
}

/** Throws `GenerationMissing` unless the views that this code's fold writes are there, and complete. */
export async function requireGeneration(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<void> {
  await requireViews(db, namespace, fold);
  const behind = await recordsBehind(db, `${fold.name}_checkpoints`);
  if (behind > 0) {
    throw new GenerationMissing(`the views of ${fold.name} are being rebuilt: ${behind} records of the log to go`);
  }
}

/** Whether there are views of other versions alone, beside which a replay has to build this code's. */
export async function needsReplay(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<boolean> {
  const versions = await liveVersions(db, namespace, fold);
  return versions.length > 0 && !versions.includes(namespace.version(fold.name));
}

/** How many records a generation has to apply before it is complete; 0 for a complete one. */
export async function recordsBehind(db: Queryable, checkpoints: string): Promise<number> {
  const { rows } = await db.query<{ behind: number | null }>(
    `SELECT sum(complete_at - position) AS behind FROM ${checkpoints} WHERE position < complete_at`,
  );
  return Number(rows[0]?.behind ?? 0);
}

async function requireViews(db: Queryable, namespace: Namespace, fold: FoldViews): Promise<void> {
  const versions = await liveVersions(db, namespace, fold);
  const version = namespace.version(fold.name);
  if (versions.includes(version)) return;
  throw new GenerationMissing(
    versions.length === 0
      ? `the views of ${fold.name} are missing: start a projector, or run "tidemark migrate"`
      : `the views of ${fold.name} are of version ${versions.join(' and ')}, this code's are ${version}: ` +
          'run "tidemark replay", which builds them from the log',
  );
}

interface NewGeneration {
  readonly fold: FoldViews;
  readonly version: number;
  /** Where it has to come to before anybody may read it; nowhere when left out. */
  readonly completeAt?: ReadonlyMap<number, number>;
  /** What a replay notes of one that it builds. */
  readonly building?: { readonly phase: string; readonly plan: string };
}

/** Creates a generation of a fold's views in a schema of its own, at the start of the log; without `indexes`. */
export async function createGeneration(tx: Queryable, schema: string, generation: NewGeneration): Promise<void> {
  const { fold, version, completeAt, building } = generation;
  await tx.query(`CREATE SCHEMA "${schema}"`);
  await tx.query(`SET LOCAL search_path TO "${schema}", public`);
  // One row: a generation that takes the place of another has another id.
  await tx.query(
    `CREATE TABLE ${fold.name}_generation (id uuid NOT NULL, version int NOT NULL, phase text NOT NULL, plan text)`,
  );
  await tx.query(`INSERT INTO ${fold.name}_generation VALUES (gen_random_uuid(), $1, $2, $3)`, [
    version,
    building?.phase ?? 'complete',
    building?.plan,
  ]);
  await tx.query(
    `CREATE TABLE ${fold.name}_checkpoints
       (partition int PRIMARY KEY, position bigint NOT NULL, complete_at bigint NOT NULL)`,
  );
  const partitions = Array.from({ length: fold.topic.partitions }, (_, partition) => partition);
  await tx.query(
    `INSERT INTO ${fold.name}_checkpoints SELECT partition, 0, complete_at FROM unnest($1::int[], $2::bigint[]) AS log (partition, complete_at)`,
    [partitions, partitions.map((partition) => completeAt?.get(partition) ?? 0)],
  );
  await tx.query(deadLetterTables(fold.name));
  await tx.query(fold.tables);
}

export const highWaterMarks = (extents: Extents): Map<number, number> =>
  new Map([...extents].map(([partition, { high }]) => [partition, high]));

/** The id of the generation whose views are found by their bare names. */
export async function generationOf(db: Queryable, fold: FoldName): Promise<string> {
  const { rows } = await db.query<{ id: string }>(`SELECT id FROM ${fold}_generation`);
  return rows[0]!.id;
}

/** The versions of a fold's views of which there is a live generation. */
export async function liveVersions(
  db: Queryable,
  namespace: Namespace,
  fold: Pick<FoldViews, 'name'>,
): Promise<number[]> {
  const { rows } = await db.query<{ version: number }>(
    `SELECT substring(nspname FROM '_v([0-9]+)$')::int AS version FROM pg_namespace
     WHERE nspname ~ ('^' || $1 || '_v[0-9]+$') ORDER BY 1`,
    [`${namespace.name}_${fold.name}`],
  );
  return rows.map(({ version }) => version);
}
