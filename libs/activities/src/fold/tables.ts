/**
 * The views of activities, without keys and indexes. Times are milliseconds since the epoch. What is indexed never
 * changes once a row is there, so that counting on is an update in place (HOT).
 */
export const ACTIVITIES_TABLES = `
  CREATE TABLE activities (
    environment text NOT NULL,
    user_id bigint NOT NULL,
    -- 16 bytes of a SHA-256 of the source and the client's id: what is counted once.
    identity bytea NOT NULL,
    activity_id text NOT NULL,
    source text,
    type text NOT NULL,
    workspace_id bigint,
    occurred_at bigint NOT NULL,
    received_at bigint NOT NULL,
    data json,
    partition int NOT NULL,
    position bigint NOT NULL
  );

  -- workspace_id 0 stands for none; last_active_at is the latest of the earlier of occurred_at and received_at.
  CREATE TABLE activity_totals (
    environment text NOT NULL,
    user_id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    type text NOT NULL,
    activities bigint NOT NULL,
    last_active_at bigint NOT NULL
  ) WITH (fillfactor = 80);

  CREATE TABLE user_activity (
    environment text NOT NULL,
    user_id bigint NOT NULL,
    partition int NOT NULL,
    last_active_at bigint NOT NULL
  ) WITH (fillfactor = 80);
`;

/**
 * What the fold counts by, table by table. Users come first: comparing environments, mostly equal, would be what a sort and
 * a search of these keys do most of the time. When users were last active is also counted environment by environment.
 */
export const ACTIVITIES_KEYS = {
  activities: 'CREATE UNIQUE INDEX activities_pkey ON activities (user_id, environment, identity);',
  activity_totals: `
    CREATE UNIQUE INDEX activity_totals_pkey ON activity_totals (user_id, environment, workspace_id, type);`,
  user_activity: 'CREATE UNIQUE INDEX user_activity_pkey ON user_activity (environment, user_id);',
};
export type ActivitiesTable = keyof typeof ACTIVITIES_KEYS;

/** Makes a key the primary one, for which nobody may read the table. */
export const primaryKey = (table: ActivitiesTable) => `ALTER TABLE ${table} ADD PRIMARY KEY USING INDEX ${table}_pkey;`;

/** What only queries search by, table by table. */
export const ACTIVITIES_INDEXES: Readonly<Record<ActivitiesTable, string>> = {
  activities: `
    CREATE INDEX activities_feed ON activities (user_id, environment, occurred_at DESC, position DESC);
    CREATE INDEX activities_positions ON activities (partition, position);`,
  activity_totals: `
    CREATE INDEX activity_totals_workspaces ON activity_totals (workspace_id, environment, user_id) WHERE workspace_id > 0;`,
  user_activity: `
    CREATE INDEX user_activity_partitions ON user_activity (partition, environment, user_id);`,
};

const tables = Object.keys(ACTIVITIES_KEYS) as ActivitiesTable[];

/** The views as the fold needs them. */
export const KEYED_TABLES = [
  ACTIVITIES_TABLES,
  ...tables.map((table) => ACTIVITIES_KEYS[table] + primaryKey(table)),
].join('\n');
