/**
 * The views of activities, without keys and indexes. Times are milliseconds since the epoch. What is indexed never
 * changes once a row is there, so that counting on is an update in place (HOT).
 */
export const ACTIVITIES_TABLES = `
  CREATE TABLE activities (
    environment text NOT NULL,
    user_id bigint NOT NULL,
    -- The first 16 bytes of the SHA-256 of the client's id: what is counted once.
    identity bytea NOT NULL,
    activity_id text NOT NULL,
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

/** What the fold counts by. */
export const ACTIVITIES_KEYS = `
  ALTER TABLE activities ADD PRIMARY KEY (environment, user_id, identity);
  ALTER TABLE activity_totals ADD PRIMARY KEY (environment, user_id, workspace_id, type);
  ALTER TABLE user_activity ADD PRIMARY KEY (environment, user_id);
`;

/** What only queries search by. */
export const ACTIVITIES_INDEXES = `
  CREATE INDEX activities_feed ON activities (environment, user_id, occurred_at DESC, position DESC);
  CREATE INDEX activities_positions ON activities (partition, position);
  CREATE INDEX activity_totals_workspaces ON activity_totals (environment, workspace_id, user_id) WHERE workspace_id > 0;
  CREATE INDEX user_activity_partitions ON user_activity (partition, environment, user_id);
`;
