import { FOLD_NAMES, type Namespace, type Postgres } from '#platform';
import { readRows } from './views.js';

/** All views there are, whatever they will be; which generation it is, and how far it had to go, is not of the log. */
export async function readAllViews(postgres: Postgres, namespace: Namespace): Promise<Record<string, unknown[]>> {
  const { rows: tables } = await postgres.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = ANY ($1) AND table_name NOT LIKE '%\\_generation' AND table_name <> 'activity_entries' ORDER BY 1`,
    [FOLD_NAMES.map((fold) => namespace.views(fold))],
  );
  const views = await readRows(
    postgres,
    tables.map(({ name }) => name),
  );
  const checkpoints = Object.keys(views).filter((name) => name.endsWith('_checkpoints'));
  for (const name of checkpoints) views[name] = views[name]!.map((row) => ({ ...(row as object), complete_at: 0 }));
  // Numbers of the generation's own, by which the view `activities` joins what is compared.
  views['activity_totals'] = views['activity_totals']!.map((row) => ({ ...(row as object), id: 0 })).sort(byText);
  return views;
}

const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
