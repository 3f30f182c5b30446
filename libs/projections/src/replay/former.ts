import { type Postgres } from '#platform';
import { type Surroundings } from './candidate.js';
import { allGenerations } from './places.js';
import { type Replayed } from './replayed.js';

/**
 * Drops the generations that are not live: the former ones, those of versions before this program's, and what was built
 * to look at or is left of replays. Gives the names of what was dropped.
 */
export async function dropFormer(around: Surroundings, admin: Postgres, folds: readonly Replayed[]): Promise<string[]> {
  const { namespace } = around;
  const dropped: string[] = [];
  for (const { fold } of folds) {
    const { rows } = await admin.query<{ schema: string }>(
      `SELECT nspname AS schema FROM pg_namespace
       WHERE nspname ~ ('^' || $1 || '_(old|next|until|check)$')
         OR substring(nspname FROM '^' || $1 || '_v([0-9]+)$')::int < $2 ORDER BY 1`,
      [`${namespace.name}_${fold.name}`, namespace.version(fold.name)],
    );
    for (const { schema } of rows) {
      await admin.query(`DROP SCHEMA "${schema}" CASCADE`);
      dropped.push(schema);
    }
  }
  await forgetFormer(around, admin, folds);
  return dropped;
}

/** Lets go of what belongs to generations that are gone. */
export async function forgetFormer(
  { namespace, logger }: Surroundings,
  admin: Postgres,
  folds: readonly Replayed[],
): Promise<void> {
  for (const { fold, beside } of folds) {
    const generations = await allGenerations(admin, namespace, fold.name);
    await beside?.keepOnly(generations.map(({ id }) => id)).catch((err: unknown) => {
      logger.warn({ err }, `what belonged to former views of ${fold.name} outside of Postgres is still there`);
    });
  }
}
