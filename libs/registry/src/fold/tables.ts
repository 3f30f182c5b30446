/**
 * The views of the registry. Names are compared by their keys (NFKC, trimmed, lower-cased), which are unique at the
 * end of a transaction: within one, names may change hands.
 */
export const REGISTRY_TABLES = `
  CREATE TABLE environments (
    environment text PRIMARY KEY,
    last_user_id bigint NOT NULL,
    last_workspace_id bigint NOT NULL,
    last_object_second bigint NOT NULL,
    users bigint NOT NULL
  );

  CREATE TABLE users (
    environment text NOT NULL,
    id bigint NOT NULL,
    object_id text NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    is_active boolean NOT NULL,
    profile json NOT NULL,
    created_on timestamptz NOT NULL,
    last_modified_on timestamptz NOT NULL,
    version int NOT NULL,
    PRIMARY KEY (environment, id),
    UNIQUE (environment, object_id),
    UNIQUE (environment, username_key) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (environment, email_key) DEFERRABLE INITIALLY DEFERRED
  );

  CREATE TABLE workspaces (
    environment text NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    created_on timestamptz NOT NULL,
    version int NOT NULL,
    PRIMARY KEY (environment, id)
  );

  -- What became of each command, by its id: the answer that its sender waits for.
  CREATE TABLE outcomes (
    command_id uuid PRIMARY KEY,
    environment text NOT NULL,
    decided_on timestamptz NOT NULL,
    verdict json NOT NULL
  );

  -- The first command of each Idempotency-Key, by the log's time.
  CREATE TABLE idempotency_keys (
    environment text NOT NULL,
    key text NOT NULL,
    command_id uuid NOT NULL,
    body_hash text NOT NULL,
    decided_on timestamptz NOT NULL,
    PRIMARY KEY (environment, key)
  );

  -- Records that could not be decoded: no command of ours, so nobody waits for an answer.
  CREATE TABLE registry_voids (
    partition int NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (partition, position)
  );
`;
