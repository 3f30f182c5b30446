import { copyLine, copyLines, type Queryable, together, type Transaction } from '#platform';
import { writeSearch } from '#search';
import { type Named } from '../decisions/named.decider.js';
import { inEnvironment, type RegistryState, type Tracked } from '../decisions/registry.state.js';
import { type User } from '../decisions/user.js';
import { type UserKey } from '../stored/keyring.js';
import { changesOf, idColumns, type ObjectId, objectIdOf, roleColumns, timestamp } from './changes.js';
import { clearDeleted, dropExpired, writeKeys, writeOutcomes } from './outcome.rows.js';
import { USERS_A_BLOCK } from './tables.js';

/** Everything that the commands of a batch changed, in one statement a table; `keys` are those of its users. */
export async function writeState(
  tx: Transaction,
  state: RegistryState,
  partition: number,
  keys: ReadonlyMap<string, UserKey>,
): Promise<void> {
  // Before anything is written: a command whose outcome has expired may come again.
  await dropExpired(tx, state, partition);
  await together([
    clearDeleted(tx, state),
    writeCounters(tx, state),
    writeBlocks(tx, state),
    writeUsers(tx, state),
    writeNamed(tx, 'workspaces', state.workspaces),
    writeNamed(tx, 'groups', state.groups),
    writeRoles(tx, state),
    writeDeletedKeys(tx, state),
    writeOutcomes(tx, state, partition, keys),
    writeKeys(tx, state, partition),
  ]);
}

async function writeCounters(tx: Queryable, state: RegistryState): Promise<void> {
  const rows = [...state.counters.changes].map(([environment, counters]) => ({ environment, ...counters! }));
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO environments (environment, last_user_id, last_workspace_id, last_group_id, last_object_second,
       users)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     ON CONFLICT (environment) DO UPDATE SET last_user_id = EXCLUDED.last_user_id,
       last_workspace_id = EXCLUDED.last_workspace_id, last_group_id = EXCLUDED.last_group_id,
       last_object_second = EXCLUDED.last_object_second,
       users = EXCLUDED.users`,
    [
      rows.map((row) => row.environment),
      rows.map((row) => row.lastUserId),
      rows.map((row) => row.lastWorkspaceId),
      rows.map((row) => row.lastGroupId),
      rows.map((row) => row.lastObjectSecond),
      rows.map((row) => row.users),
    ],
  );
}

async function writeBlocks(tx: Queryable, { users }: RegistryState): Promise<void> {
  const { kept } = changesOf(blockChanges(users));
  if (kept.length === 0) return;
  await tx.query(
    `INSERT INTO user_blocks (environment, block, users) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
     ON CONFLICT (environment, block) DO UPDATE SET users = user_blocks.users + EXCLUDED.users`,
    [...idColumns(kept), kept.map(({ value }) => value)],
  );
}

/** By how many users each block of ids grew or shrank; by none where one came and went, whose block is kept too. */
function blockChanges(users: Tracked<User>): Map<string, number> {
  const changes = new Map<string, number>();
  for (const [key, now] of users.changes) {
    const before = users.before(key);
    if (before && now) continue;
    const { environment, id } = objectIdOf(key);
    const block = inEnvironment(environment, Math.floor(Number(id) / USERS_A_BLOCK));
    changes.set(block, (changes.get(block) ?? 0) + (now ? 1 : 0) - (before ? 1 : 0));
  }
  return changes;
}

async function writeUsers(tx: Transaction, { users }: RegistryState): Promise<void> {
  const { kept, gone } = changesOf(users.changes);
  const isNew = ({ environment, id }: ObjectId) => users.before(inEnvironment(environment, id)) === undefined;
  const [added, changed] = [kept.filter(isNew), kept.filter((user) => !isNew(user))];
  const changes = [...users.changes].map(([key, now]) => ({ ...objectIdOf(key), before: users.before(key), now }));
  await together([
    deleteUsers(tx, gone),
    addUsers(tx, added),
    changeUsers(tx, changed),
    writeSearch(
      tx,
      changes.map((change) => ({ ...change, id: Number(change.id) })),
    ),
  ]);
}

async function deleteUsers(tx: Queryable, users: readonly ObjectId[]): Promise<void> {
  if (users.length === 0) return;
  await tx.query(
    `DELETE FROM users USING unnest($1::text[], $2::bigint[]) AS gone (environment, id)
     WHERE users.environment = gone.environment AND users.id = gone.id`,
    idColumns(users),
  );
}

interface ChangedUser {
  readonly environment: string;
  readonly value: User;
}

const USER_COLUMNS = `environment, id, object_id, key, username, username_hash, email, email_hash, first_name, last_name,
  is_active, profile, digests, created_on, last_modified_on, version`;

const columnsOf = ({ environment, value: user }: ChangedUser) => [
  environment,
  user.id,
  user.objectId,
  user.key,
  user.username,
  user.names.username,
  user.email,
  user.names.email,
  user.firstName,
  user.lastName,
  user.isActive,
  JSON.stringify(user.profile),
  user.digests ? JSON.stringify(user.digests) : null,
  timestamp(user.createdOn),
  timestamp(user.lastModifiedOn),
  user.version,
];

// Nobody ever had their ids.
async function addUsers(tx: Transaction, users: readonly ChangedUser[]): Promise<void> {
  if (users.length === 0) return;
  const lines = copyLines(users, (user) => copyLine(columnsOf(user)));
  await tx.copy(`COPY users (${USER_COLUMNS}) FROM STDIN`, lines);
}

// json has no array type of its own to unnest in node-postgres, so it travels as text.
async function changeUsers(tx: Queryable, users: readonly ChangedUser[]): Promise<void> {
  if (users.length === 0) return;
  const rows = users.map(columnsOf);
  await tx.query(
    `INSERT INTO users (${USER_COLUMNS})
     SELECT environment, id, object_id, key, username, username_hash, email, email_hash, first_name, last_name,
       is_active, profile::json, digests::json, created_on, last_modified_on, version
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::boolean[], $12::text[], $13::text[], $14::timestamptz[],
       $15::timestamptz[], $16::int[])
       AS changed (${USER_COLUMNS})
     ON CONFLICT (environment, id) DO UPDATE SET username = EXCLUDED.username,
       username_hash = EXCLUDED.username_hash, email = EXCLUDED.email, email_hash = EXCLUDED.email_hash,
       first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name, is_active = EXCLUDED.is_active,
       profile = EXCLUDED.profile, digests = EXCLUDED.digests, last_modified_on = EXCLUDED.last_modified_on, version = EXCLUDED.version`,
    rows[0]!.map((_, column) => rows.map((row) => row[column])),
  );
}

async function writeNamed(tx: Queryable, table: 'workspaces' | 'groups', objects: Tracked<Named>): Promise<void> {
  const { kept, gone } = changesOf(objects.changes);
  if (gone.length > 0) {
    await tx.query(
      `DELETE FROM ${table} USING unnest($1::text[], $2::bigint[]) AS gone (environment, id)
       WHERE ${table}.environment = gone.environment AND ${table}.id = gone.id`,
      idColumns(gone),
    );
  }
  if (kept.length === 0) return;
  await tx.query(
    `INSERT INTO ${table} (environment, id, name, created_on, version)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::int[])
     ON CONFLICT (environment, id) DO UPDATE SET name = EXCLUDED.name, version = EXCLUDED.version`,
    [
      ...idColumns(kept),
      kept.map(({ value }) => value.name),
      kept.map(({ value }) => timestamp(value.createdOn)),
      kept.map(({ value }) => value.version),
    ],
  );
}

/** Roles that were assigned, then those that were withdrawn, then what went with a deleted target or holder. */
async function writeRoles(tx: Queryable, state: RegistryState): Promise<void> {
  const { kept, gone } = changesOf(state.roles.changes);
  if (kept.length > 0) {
    await tx.query(
      `INSERT INTO roles (environment, target_type, target_id, holder_type, holder_id, role)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[])
       ON CONFLICT (environment, target_type, target_id, holder_type, holder_id) DO UPDATE SET role = EXCLUDED.role`,
      [...roleColumns(kept), kept.map(({ value }) => value)],
    );
  }
  if (gone.length > 0) {
    await tx.query(
      `DELETE FROM roles USING unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
         AS gone (environment, target_type, target_id, holder_type, holder_id)
       WHERE roles.environment = gone.environment AND roles.target_type = gone.target_type
         AND roles.target_id = gone.target_id AND roles.holder_type = gone.holder_type
         AND roles.holder_id = gone.holder_id`,
      roleColumns(gone),
    );
  }
  await dropRolesOfTheDeleted(tx, state);
}

async function dropRolesOfTheDeleted(tx: Queryable, { users, groups, workspaces }: RegistryState): Promise<void> {
  const ends = Object.entries({ user: users, group: groups, workspace: workspaces }).flatMap(([type, objects]) =>
    changesOf<unknown>(objects.changes).gone.map(({ environment, id }) => ({ environment, type, id })),
  );
  if (ends.length === 0) return;
  for (const end of ['target', 'holder']) {
    await tx.query(
      `DELETE FROM roles USING unnest($1::text[], $2::text[], $3::bigint[]) AS gone (environment, type, id)
       WHERE roles.environment = gone.environment AND ${end}_type = gone.type AND ${end}_id = gone.id`,
      [ends.map(({ environment }) => environment), ends.map(({ type }) => type), ends.map(({ id }) => id)],
    );
  }
}

async function writeDeletedKeys(tx: Queryable, { deletedKeys }: RegistryState): Promise<void> {
  const { kept } = changesOf(deletedKeys.changes);
  if (kept.length === 0) return;
  await tx.query(
    'INSERT INTO former_users (environment, id, key) SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[])',
    [...idColumns(kept), kept.map(({ value }) => value)],
  );
}
