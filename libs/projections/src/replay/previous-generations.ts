import { type Postgres } from '#platform';
import { type ReplayContext } from './candidate.js';
import { allGenerations } from './generation-states.js';
import { type ReplayedFold } from './replayed-fold.js';

/**
 * Drops the generations that are not live: previous ones, those of older versions, and those left by replays or built
 * to look at. Returns their names.
 */
export async function dropPrevious(
  context: ReplayContext,
  admin: Postgres,
  folds: readonly ReplayedFold[],
): Promise<string[]> {
  const { namespace } = context;
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
  await forgetPrevious(context, admin, folds);
  return dropped;
}

/** Deletes the derived data of generations that are gone. */
export async function forgetPrevious(
  { namespace, logger }: ReplayContext,
  admin: Postgres,
  folds: readonly ReplayedFold[],
): Promise<void> {
  for (const { fold, derived } of folds) {
    const generations = await allGenerations(admin, namespace, fold.name);
    await derived?.keepOnly(generations.map(({ id }) => id)).catch((err: unknown) => {
      logger.warn({ err }, `what belonged to former views of ${fold.name} outside of Postgres is still there`);
    });
  }
}
