import { type Namespace } from '#platform';
import { type DerivedData, type Load, type ReplayedFold } from '#projections';
import { activitiesFold } from './activities.fold.js';
import { project } from './projection.js';
import { ACTIVITIES_INDEXES, ACTIVITIES_KEYS, ACTIVITIES_TABLES, type ActivitiesTable, primaryKey } from './tables.js';
import { copyActivities, linesOf } from './writes.js';

const LOAD_BATCH = 5_000;

/**
 * Activities for a replay. While the log is read, every record that is an activity goes into the table as it is, which
 * has no keys; what stands there twice is found when all are there, and everything is counted once, by one statement each.
 */
export function replayedActivities(namespace: Namespace, derived?: DerivedData): ReplayedFold {
  const fold = activitiesFold(namespace);
  return { fold, load: { fold: { ...fold, ...LOAD }, finish: FINISH }, derived };
}

const LOAD: Pick<ReplayedFold['fold'], 'tables' | 'batch' | 'prepare'> = {
  tables: ACTIVITIES_TABLES,
  batch: LOAD_BATCH,
  async prepare(_partition, records) {
    const lines = linesOf(project(records));
    return (tx) => copyActivities(tx, lines);
  },
};

/**
 * In each of a user's ids the first in the log wins, as it does when the fold writes row by row. Sorted by the hash first, which
 * tells nearly all rows apart: comparing environments, mostly equal, would be what the sort does all the time.
 */
const DROP_REPEATS = `
  DELETE FROM activities WHERE ctid = ANY (ARRAY(
    SELECT place FROM (
      SELECT ctid AS place, row_number() OVER (PARTITION BY identity, user_id, environment ORDER BY position) AS turn
      FROM activities
    ) AS places WHERE turn > 1
  ));
  -- Whoever counts is planned by it.
  ANALYZE activities;`;

/** What `tally` and `addTotals` come to over the whole log. */
const COUNT_TOTALS = `
  INSERT INTO activity_totals (environment, user_id, workspace_id, type, activities, last_active_at)
  SELECT environment, user_id, coalesce(workspace_id, 0), type, count(*), max(LEAST(occurred_at, received_at))
  FROM activities GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4;`;

/** The same of `moveLastActive`; a user's activities are all in one partition. */
const COUNT_USERS = `
  INSERT INTO user_activity (environment, user_id, partition, last_active_at)
  SELECT environment, user_id, min(partition), max(LEAST(occurred_at, received_at))
  FROM activities GROUP BY 1, 2 ORDER BY 1, 2;`;

// A primary key comes last, since those who count would have to wait for it.
const indexed = (table: ActivitiesTable) => ACTIVITIES_KEYS[table] + ACTIVITIES_INDEXES[table] + primaryKey(table);

const FINISH: Load['finish'] = [
  [{ sql: DROP_REPEATS }],
  [
    { sql: COUNT_TOTALS + indexed('activity_totals'), makes: 'activity_totals_workspaces' },
    { sql: COUNT_USERS + indexed('user_activity'), makes: 'user_activity_partitions' },
    { sql: indexed('activities'), makes: 'activities_positions' },
  ],
];
