import { copyLine, copyLines, type Queryable, together, type Transaction } from '#platform';
import { writeSearch } from '#search';
import { type User } from '../users/domain/user.js';
import { type Named } from '../workspaces/domain/named.decider.js';
import { type UserKey } from '../sealing/keyring.js';
import { changesOf, placeOf, timestamp } from './changes.js';
import { type Place } from './registry.rows.js';
import { inEnvironment, type RegistryState, type Tracked } from './registry.state.js';
import { dropForgotten, forgetDeleted, writeKeys, writeOutcomes } from './remembered.js';

/** Everything that the commands of a batch changed, in one statement a table; `keys` are those of its users. */
export async function writeState(
  tx: Transaction,
  state: RegistryState,
  { partition }: Place,
  keys: ReadonlyMap<string, UserKey>,
): Promise<void> {
  // Before anything is written: a command whose outcome is forgotten may come again.
  await dropForgotten(tx, state, partition);
  await together([
    forgetDeleted(tx, state),
    writeCounters(tx, state),
    writeBlocks(tx, state),
    writeUsers(tx, state),
    writeNamed(tx, 'workspaces', state.workspaces),
    writeNamed(tx, 'groups', state.groups),
    writeRoles(tx, state),
    writeFormerKeys(tx, state),
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

async function writeBlocks(tx: Queryable, { blockChanges }: RegistryState): Promise<void> {
  const { kept } = changesOf(blockChanges);
  if (kept.length === 0) return;
  await tx.query(
    `INSERT INTO user_blocks (environment, block, users) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
     ON CONFLICT (environment, block) DO UPDATE SET users = user_blocks.users + EXCLUDED.users`,
    [kept.map(({ environment }) => environment), kept.map(({ id }) => id), kept.map(({ value }) => value)],
  );
}

async function writeUsers(tx: Transaction, { users }: RegistryState): Promise<void> {
  const { kept, gone } = changesOf(users.changes);
  const isNew = ({ environment, id }: { environment: string; id: string }) =>
    users.before(inEnvironment(environment, id)) === undefined;
  const [added, changed] = [kept.filter(isNew), kept.filter((user) => !isNew(user))];
  const changes = [...users.changes].map(([key, now]) => ({ ...placeOf(key), before: users.before(key), now }));
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

async function deleteUsers(tx: Queryable, users: readonly { environment: string; id: string }[]): Promise<void> {
  if (users.length === 0) return;
  await tx.query(
    `DELETE FROM users USING unnest($1::text[], $2::bigint[]) AS gone (environment, id)
     WHERE users.environment = gone.environment AND users.id = gone.id`,
    [users.map(({ environment }) => environment), users.map(({ id }) => id)],
  );
}

interface Placed {
  readonly environment: string;
  readonly value: User;
}

const USER_COLUMNS = `environment, id, object_id, key, username, username_hash, email, email_hash, first_name, last_name,
  is_active, profile, digests, created_on, last_modified_on, version`;

const columnsOf = ({ environment, value: user }: Placed) => [
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
async function addUsers(tx: Transaction, users: readonly Placed[]): Promise<void> {
  if (users.length === 0) return;
  const lines = copyLines(users, (user) => copyLine(columnsOf(user)));
  await tx.copy(`COPY users (${USER_COLUMNS}) FROM STDIN`, lines);
}

// json has no array type of its own to unnest in node-postgres, so it travels as text.
async function changeUsers(tx: Queryable, users: readonly Placed[]): Promise<void> {
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
      [gone.map(({ environment }) => environment), gone.map(({ id }) => id)],
    );
  }
  if (kept.length === 0) return;
  await tx.query(
    `INSERT INTO ${table} (environment, id, name, created_on, version)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::int[])
     ON CONFLICT (environment, id) DO UPDATE SET name = EXCLUDED.name, version = EXCLUDED.version`,
    [
      kept.map(({ environment }) => environment),
      kept.map(({ id }) => id),
      kept.map(({ value }) => value.name),
      kept.map(({ value }) => timestamp(value.createdOn)),
      kept.map(({ value }) => value.version),
    ],
  );
}

/** Roles that were assigned, then those that were withdrawn, then what went with a deleted target or holder. */
async function writeRoles(tx: Queryable, state: RegistryState): Promise<void> {
  const { kept, gone } = changesOf(state.roles.changes);
  const parts = (rows: { environment: string; id: string }[]) => {
    const split = rows.map(({ environment, id }) => [environment, ...id.split('/')]);
    return [0, 1, 2, 3, 4].map((part) => split.map((row) => row[part]));
  };
  if (kept.length > 0) {
    await tx.query(
      `INSERT INTO roles (environment, target_type, target_id, holder_type, holder_id, role)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[])
       ON CONFLICT (environment, target_type, target_id, holder_type, holder_id) DO UPDATE SET role = EXCLUDED.role`,
      [...parts(kept), kept.map(({ value }) => value)],
    );
  }
  if (gone.length > 0) {
    await tx.query(
      `DELETE FROM roles USING unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
         AS gone (environment, target_type, target_id, holder_type, holder_id)
       WHERE roles.environment = gone.environment AND roles.target_type = gone.target_type
         AND roles.target_id = gone.target_id AND roles.holder_type = gone.holder_type
         AND roles.holder_id = gone.holder_id`,
      parts(gone),
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

async function writeFormerKeys(tx: Queryable, { formerKeys }: RegistryState): Promise<void> {
  const { kept } = changesOf(formerKeys.changes);
  if (kept.length === 0) return;
  await tx.query(
    'INSERT INTO former_users (environment, id, key) SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[])',
    [kept.map(({ environment }) => environment), kept.map(({ id }) => id), kept.map(({ value }) => value)],
  );
}
