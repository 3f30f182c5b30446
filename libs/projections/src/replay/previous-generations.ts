import { type Postgres } from '#platform';
import { type Fold } from '../fold.js';
import { needsReplay } from '../generation.js';
import { type ReplayContext } from './candidate.js';
import { allGenerations } from './generation-states.js';
import { type ReplayedFold, ReplayRefused } from './replayed-fold.js';

/**
 * Drops the generations that are not live: previous ones, those of older versions, and those left by replays or built
 * to look at. Returns their names. Throws `ReplayRefused`, and drops nothing, where views of another version are the live ones.
 */
export async function dropPrevious(
  context: ReplayContext,
  admin: Postgres,
  folds: readonly ReplayedFold[],
): Promise<string[]> {
  const { namespace } = context;
  for (const { fold } of folds) await requireOwnViews(context, admin, fold);
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

/** Until this version's views are there, those of an older one are what a running service reads. */
async function requireOwnViews({ namespace }: ReplayContext, admin: Postgres, fold: Fold): Promise<void> {
  if (!(await needsReplay(admin, namespace, fold))) return;
  throw new ReplayRefused(
    `the views of ${fold.name} are live in another version than this code's, ${namespace.version(fold.name)}, which are not ` +
      'there yet: run "tidemark replay" first, which builds them',
  );
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
