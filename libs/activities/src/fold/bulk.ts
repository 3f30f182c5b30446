import { copyColumn, copyLines, type Namespace } from '#platform';
import { type DerivedData, type Load, type ReplayedFold } from '#projections';
import { placeOf } from '../place.js';
import { activitiesFold } from './activities.fold.js';
import { type ActivityRow, project } from './projection.js';
import { ACTIVITIES_INDEXES, ACTIVITIES_KEYS, ACTIVITIES_TABLES, PRIMARY_KEY } from './tables.js';

const LOAD_BATCH = 5_000;

/**
 * Activities for a replay. While the log is read, every record that is an activity is copied as it is into a table of its
 * own; when all are there, what stands there twice is dropped, and totals and entries are made of the rest, by one statement
 * each.
 */
export function replayedActivities(namespace: Namespace, derived?: DerivedData): ReplayedFold {
  const fold = activitiesFold(namespace);
  return { fold, load: { fold: { ...fold, ...LOAD }, finish: FINISH }, derived };
}

const LOADED_TABLE = `
  CREATE TABLE loaded_activities (
    occurred_at bigint NOT NULL,
    received_at bigint NOT NULL,
    place bigint NOT NULL,
    user_id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    fingerprint int NOT NULL,
    partition int NOT NULL,
    environment text NOT NULL,
    type text NOT NULL,
    activity_id text NOT NULL,
    source text,
    data text
  );`;

const LOAD: Pick<ReplayedFold['fold'], 'tables' | 'batch' | 'prepare'> = {
  tables: ACTIVITIES_TABLES + LOADED_TABLE,
  batch: LOAD_BATCH,
  async prepare(_partition, records) {
    const lines = copyLines(project(records), lineOf);
    return async (tx) => {
      if (lines.length > 0) await tx.copy('COPY loaded_activities FROM STDIN', lines);
    };
  },
};

function lineOf(row: ActivityRow): string {
  const { environment, userId, type, workspaceId, partition, position } = row;
  const times = `${row.occurredAt}\t${row.receivedAt}\t${placeOf(partition, position)}`;
  const client = `${copyColumn(row.activityId)}\t${copyColumn(row.source)}\t${copyColumn(row.data)}`;
  return `${times}\t${userId}\t${workspaceId ?? 0}\t${row.fingerprint}\t${partition}\t${environment}\t${type}\t${client}\n`;
}

/**
 * In each of a user's ids the first in the log wins, as it does when the fold writes row by row. Sorted by the fingerprint
 * first, which tells nearly all rows apart.
 */
const DROP_REPEATS = `
  DELETE FROM loaded_activities WHERE ctid = ANY (ARRAY(
    SELECT at FROM (
      SELECT ctid AS at,
        row_number() OVER (PARTITION BY fingerprint, user_id, environment, activity_id, source ORDER BY place) AS turn
      FROM loaded_activities
    ) AS places WHERE turn > 1
  ));
  -- Whoever counts is planned by it.
  ANALYZE loaded_activities;`;

/** What `tally` and `addTotals` come to over the whole log. */
const COUNT_TOTALS = `
  INSERT INTO activity_totals (partition, user_id, workspace_id, activities, last_active_at, environment, type)
  SELECT partition, user_id, workspace_id, count(*), max(LEAST(occurred_at, received_at)), environment, type
  FROM loaded_activities GROUP BY partition, user_id, workspace_id, environment, type;
  ANALYZE activity_totals;`;

const NAME_TOTALS = `
  INSERT INTO activity_entries (occurred_at, received_at, place, total_id, fingerprint, activity_id, source, data)
  SELECT occurred_at, received_at, place, id, fingerprint, activity_id, source, data
  FROM loaded_activities JOIN activity_totals USING (environment, user_id, workspace_id, type);
  DROP TABLE loaded_activities;`;

// In one transaction: what was loaded is there until all is made of it.
const FINISH: Load['finish'] = [
  [
    {
      sql: [
        DROP_REPEATS,
        COUNT_TOTALS,
        NAME_TOTALS,
        ...Object.values(ACTIVITIES_KEYS),
        ...Object.values(ACTIVITIES_INDEXES),
        PRIMARY_KEY,
      ].join('\n'),
      makes: 'activity_entries_places',
    },
  ],
];
