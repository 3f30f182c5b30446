import type { Namespace, Postgres } from '#platform';
import { call, type Target } from './load.ts';
import { countsOf, differing, line, type Rows, rowsOf, USERS } from './model.ts';

/**
 * Postgres itself writes down each step of each checkpoint with its transaction, so that afterwards every row can be held
 * against the step that it must have come with.
 */
export async function beginAudit(postgres: Postgres, namespace: Namespace): Promise<void> {
  const schema = namespace.views('activities');
  await postgres.query(`
    CREATE TABLE ${schema}.steps
      (step bigserial, partition int, before bigint, after bigint, transaction xid);
    CREATE FUNCTION ${schema}.note_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO ${schema}.steps (partition, before, after, transaction)
        VALUES (NEW.partition, OLD.position, NEW.position, pg_current_xact_id()::xid);
      RETURN NULL;
    END $$;
    CREATE TRIGGER note_step AFTER UPDATE ON ${schema}.activities_checkpoints
      FOR EACH ROW EXECUTE FUNCTION ${schema}.note_step()`);
}

/**
 * What a stale commit would have left behind: a row whose transaction did not move the checkpoint over its position, or a
 * step that does not begin where the one before it ended.
 */
export async function staleCommits(postgres: Postgres): Promise<number> {
  const { rows } = await postgres.query<{ astray: number }>(`
    SELECT (SELECT count(*) FROM activity_entries WHERE NOT EXISTS (
        SELECT FROM steps WHERE steps.transaction = activity_entries.xmin
          AND place >= (steps.partition::bigint << 40) + before AND place < (steps.partition::bigint << 40) + after))
      + (SELECT count(*) FROM (SELECT before, after, lag(after) OVER (PARTITION BY partition ORDER BY step) AS ended
          FROM steps) AS chain WHERE after <= before OR ended <> before) AS astray`);
  return rows[0]!.astray;
}

/** Rows and counters of the views and answers of the interface that are not as the model has them. */
export async function compare(
  postgres: Postgres,
  target: Target,
  acknowledged: ReadonlySet<number>,
): Promise<{ rows: number; counters: number }> {
  const [found, model] = [await readRows(postgres), rowsOf(acknowledged)];
  const counts = [];
  for (let user = 1; user <= USERS; user += 1) {
    counts.push(((await call(target, 'GET', `users/${user}/activities/count`)) as { count: number }).count);
  }
  const answers = counts.filter((count, at) => count !== countsOf(acknowledged)[at]);
  return {
    rows: differing(found.activities, model.activities),
    counters: differing(found.totals, model.totals) + differing(found.users, model.users) + answers.length,
  };
}

async function readRows(postgres: Postgres): Promise<Rows> {
  const lines = async (sql: string) => {
    const { rows } = await postgres.query<Record<string, string | number>>(sql);
    return rows.map((row) => line(...Object.values(row)));
  };
  return {
    activities:
      await lines(`SELECT user_id, activity_id, type, coalesce(workspace_id, 0), occurred_at, data->>'number' AS n
      FROM activities`),
    totals: await lines('SELECT user_id, workspace_id, type, activities, last_active_at FROM activity_totals'),
    users: await lines('SELECT user_id, max(last_active_at) FROM activity_totals GROUP BY user_id'),
  };
}
