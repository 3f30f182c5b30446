import { copyColumn, copyLines, type Namespace } from '#platform';
import { type DerivedData, type ReplayedFold, type Work } from '#projections';
import { ACTIVE_AT, placeOf } from '../place.js';
import { activitiesFold } from './activities.fold.js';
import { type ActivityRow, project } from './projection.js';
import { ACTIVITIES_INDEXES, ACTIVITIES_KEYS, ACTIVITIES_TABLES } from './tables.js';

const LOAD_BATCH = 5_000;

/**
 * Activities for a replay. While the log is read, every record that is an activity is copied as it is into a table of its
 * partition; when all are there, what stands there twice is dropped, and totals and entries are made of the rest, partition by
 * partition: a user is in one of them. Then keys and indexes are built.
 */
export function replayedActivities(namespace: Namespace, derived?: DerivedData): ReplayedFold {
  const fold = activitiesFold(namespace);
  const partitions = Array.from({ length: fold.topic.partitions }, (_, partition) => partition);
  const tables = [ACTIVITIES_TABLES, ...partitions.map(createLoaded)].join('\n');
  const finish = [partitions.map(takeLoaded), INDEXES];
  return { fold, load: { fold: { ...fold, ...LOAD, tables }, finish }, derived };
}

const loadedTable = (partition: number) => `loaded_activities_${partition}`;

const createLoaded = (partition: number) => `
  CREATE TABLE ${loadedTable(partition)} (
    occurred_at bigint NOT NULL,
    received_at bigint NOT NULL,
    place bigint NOT NULL,
    user_id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    fingerprint int NOT NULL,
    environment text NOT NULL,
    type text NOT NULL,
    activity_id text NOT NULL,
    source text,
    data text
  );`;

const LOAD: Pick<ReplayedFold['fold'], 'batch' | 'prepare'> = {
  batch: LOAD_BATCH,
  async prepare(partition, records) {
    const lines = copyLines(project(records), lineOf);
    return async (tx) => {
      if (lines.length > 0) await tx.copy(`COPY ${loadedTable(partition)} FROM STDIN`, lines);
    };
  },
};

function lineOf(row: ActivityRow): string {
  const { environment, userId, type, workspaceId, partition, position } = row;
  const times = `${row.occurredAt}\t${row.receivedAt}\t${placeOf(partition, position)}`;
  const client = `${copyColumn(row.activityId)}\t${copyColumn(row.source)}\t${copyColumn(row.data)}`;
  return `${times}\t${userId}\t${workspaceId ?? 0}\t${row.fingerprint}\t${environment}\t${type}\t${client}\n`;
}

/** In one transaction: what was loaded is there until all is made of it. */
function takeLoaded(partition: number): Work {
  const table = loadedTable(partition);
  return { sql: [dropRepeats(table), countAndName(table, partition), `DROP TABLE ${table};`].join('\n'), takes: table };
}

/**
 * In each of a user's ids the first in the log wins, as it does when the fold writes row by row. Sorted by the fingerprint
 * first, which tells nearly all rows apart.
 */
const dropRepeats = (table: string) => `
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    SELECT at FROM (
      SELECT ctid AS at,
        row_number() OVER (PARTITION BY fingerprint, user_id, environment, activity_id, source ORDER BY place) AS turn
      FROM ${table}
    ) AS places WHERE turn > 1
  ));
  -- Whoever counts is planned by it.
  ANALYZE ${table};`;

/** What `tally`, `addTotals` and `copyEntries` come to over the whole of a partition. */
const countAndName = (table: string, partition: number) => `
  WITH totals AS (
    INSERT INTO activity_totals
      (partition, user_id, workspace_id, activities, first_active_at, last_active_at, environment, type)
    SELECT ${partition}, user_id, workspace_id, count(*), min(${ACTIVE_AT}), max(${ACTIVE_AT}), environment, type
    FROM ${table} GROUP BY user_id, workspace_id, environment, type
    RETURNING id, user_id, workspace_id, environment, type
  )
  INSERT INTO activity_entries (occurred_at, received_at, place, total_id, fingerprint, activity_id, source, data)
  SELECT occurred_at, received_at, place, id, fingerprint, activity_id, source, data
  FROM ${table} JOIN totals USING (environment, user_id, workspace_id, type);`;

/** Each by itself, so that others get a turn between them. */
const INDEXES: readonly Work[] = Object.entries({ ...ACTIVITIES_KEYS, ...ACTIVITIES_INDEXES }).map(([makes, sql]) => {
  return { sql, makes };
});
