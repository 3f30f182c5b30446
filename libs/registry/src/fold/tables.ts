/** How many ids make a block, in which users are counted. */
export const USERS_A_BLOCK = 1000;

/**
 * The views of the registry. Names are compared by their keyed hashes, which are unique at the end of a transaction:
 * within one, names may change hands.
 */
export const REGISTRY_TABLES = `
  CREATE TABLE environments (
    environment text PRIMARY KEY,
    last_user_id bigint NOT NULL,
    last_workspace_id bigint NOT NULL,
    last_group_id bigint NOT NULL,
    last_object_second bigint NOT NULL,
    users bigint NOT NULL
  );

  CREATE TABLE users (
    environment text NOT NULL,
    id bigint NOT NULL,
    object_id text NOT NULL,
    key uuid NOT NULL,
    username text NOT NULL,
    username_hash text NOT NULL,
    email text NOT NULL,
    email_hash text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    is_active boolean NOT NULL,
    profile json NOT NULL,
    digests json,
    created_on timestamptz NOT NULL,
    last_modified_on timestamptz NOT NULL,
    version int NOT NULL,
    PRIMARY KEY (environment, id),
    UNIQUE (environment, username_hash) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (environment, email_hash) DEFERRABLE INITIALLY DEFERRED
  );

  -- How many users there are in each thousand of ids, so that a page far back is found without counting up to it.
  CREATE TABLE user_blocks (
    environment text NOT NULL,
    block bigint NOT NULL,
    users bigint NOT NULL,
    PRIMARY KEY (environment, block)
  );

  CREATE TABLE workspaces (
    environment text NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    created_on timestamptz NOT NULL,
    version int NOT NULL,
    PRIMARY KEY (environment, id)
  );

  CREATE TABLE groups (LIKE workspaces INCLUDING ALL);

  -- Members of groups, and who may do what in a workspace. A row goes with either of its ends.
  CREATE TABLE roles (
    environment text NOT NULL,
    target_type text NOT NULL,
    target_id bigint NOT NULL,
    holder_type text NOT NULL,
    holder_id bigint NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (environment, target_type, target_id, holder_type, holder_id)
  );
  CREATE INDEX roles_holders ON roles (environment, holder_type, holder_id);

  -- Each way in which a user has a role in a workspace: directly (group_id null) or through a group.
  CREATE VIEW workspace_roles AS
    SELECT environment, target_id AS workspace_id, holder_id AS user_id, role, NULL::bigint AS group_id
    FROM roles WHERE target_type = 'workspace' AND holder_type = 'user'
    UNION ALL
    SELECT granted.environment, granted.target_id, member.holder_id, granted.role, granted.holder_id
    FROM roles granted JOIN roles member ON member.environment = granted.environment
      AND member.target_type = 'group' AND member.target_id = granted.holder_id AND member.holder_type = 'user'
    WHERE granted.target_type = 'workspace' AND granted.holder_type = 'group';

  -- The keys of users who were deleted, by which what the log holds of them can still be erased.
  CREATE TABLE former_users (
    environment text NOT NULL,
    id bigint NOT NULL,
    key uuid NOT NULL,
    PRIMARY KEY (environment, id)
  );

  -- The log's time: the greatest of all records that a checkpoint has passed.
  CREATE TABLE registry_clock (
    partition int PRIMARY KEY,
    time timestamptz NOT NULL
  );

  -- What became of each command of the last 24 hours of the log, by its id: the answer that its sender waits for. A user
  -- whom it shows is sealed with their key, and is gone from here when they are.
  CREATE TABLE outcomes (
    command_id uuid PRIMARY KEY,
    partition int NOT NULL,
    environment text NOT NULL,
    decided_on timestamptz NOT NULL,
    verdict json NOT NULL,
    key uuid,
    sealed text
  );
  CREATE INDEX outcomes_ages ON outcomes (partition, decided_on);
  CREATE INDEX outcomes_keys ON outcomes (key) WHERE key IS NOT NULL;

  -- The first command of each Idempotency-Key of the last 24 hours.
  CREATE TABLE idempotency_keys (
    environment text NOT NULL,
    key text NOT NULL,
    partition int NOT NULL,
    command_id uuid NOT NULL,
    body_hash text NOT NULL,
    decided_on timestamptz NOT NULL,
    PRIMARY KEY (environment, key)
  );
  CREATE INDEX idempotency_keys_ages ON idempotency_keys (partition, decided_on);

  -- Records that could not be decoded: no command of ours, so nobody waits for an answer.
  CREATE TABLE registry_voids (
    partition int NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (partition, position)
  );
`;

/** What only queries search by: nothing depends on an object id being another's, since they are counted. */
export const REGISTRY_INDEXES = `
  ALTER TABLE users ADD UNIQUE (environment, object_id);
`;
