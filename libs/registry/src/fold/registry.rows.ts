import { type Queryable, together } from '#platform';
import { type Role } from '../decisions/assignment.decider.js';
import { type UserDigests } from '../decisions/digests.js';
import { type LoggedCommand, touchedBy } from '../decisions/judge.js';
import { inEnvironment, type Loaded, RegistryState, type Tracked } from '../decisions/registry.state.js';
import { type User } from '../decisions/user.js';
import { idColumns, type ObjectId, roleColumns } from './changes.js';
import { loadKeys, loadOutcomes, moveClock } from './outcome.rows.js';

/**
 * Everything that these commands can touch, in one statement a table; the clock of the partition moves to this time. Each
 * row is looked up for itself (LATERAL with a limit): the planner, which can't know how many are asked for, would rather
 * read a large table from end to end.
 */
export async function loadState(
  tx: Queryable,
  partition: number,
  time: number,
  commands: readonly LoggedCommand[],
): Promise<RegistryState> {
  const state = new RegistryState();
  const touched = allTouched(commands);
  await together([
    moveClock(tx, state, partition, time),
    loadCounters(tx, state, commands),
    loadById(tx, 'users', touched.users, (key, row: UserRow) => state.users.load(key, userOf(row))),
    loadById(tx, 'former_users', touched.deletedKeys, (id, { key }: DeletedUserRow) => state.deletedKeys.load(id, key)),
    loadOwners(tx, 'username_hash', state.usernames, touched.usernames),
    loadOwners(tx, 'email_hash', state.emails, touched.emails),
    loadById(tx, 'workspaces', touched.workspaces, (key, row: NamedRow) => state.workspaces.load(key, namedOf(row))),
    loadById(tx, 'groups', touched.groups, (key, row: NamedRow) => state.groups.load(key, namedOf(row))),
    loadRoles(tx, state, touched.roles),
    loadOutcomes(
      tx,
      state,
      commands.map(({ id }) => id),
    ),
    loadKeys(tx, state, keysOf(commands)),
  ]);
  return state;
}

function allTouched(commands: readonly LoggedCommand[]): Record<Loaded, ObjectId[]> {
  const touched: Record<Loaded, ObjectId[]> = {
    ...{ users: [], deletedKeys: [], usernames: [], emails: [] },
    ...{ workspaces: [], groups: [], roles: [] },
  };
  for (const { environment, command } of commands) {
    for (const [objects, ids] of Object.entries(touchedBy(command))) {
      for (const id of ids) touched[objects as Loaded].push({ environment, id: String(id) });
    }
  }
  return touched;
}

const keysOf = (commands: readonly LoggedCommand[]): ObjectId[] =>
  commands.flatMap(({ environment, idempotency }) => (idempotency ? [{ environment, id: idempotency.key }] : []));

async function loadCounters(db: Queryable, state: RegistryState, commands: readonly LoggedCommand[]): Promise<void> {
  if (commands.length === 0) return;
  const { rows } = await db.query<Record<string, number> & { environment: string }>(
    'SELECT * FROM environments WHERE environment = ANY($1)',
    [[...new Set(commands.map(({ environment }) => environment))]],
  );
  for (const row of rows) {
    state.counters.load(row.environment, {
      lastUserId: row.last_user_id!,
      lastWorkspaceId: row.last_workspace_id!,
      lastGroupId: row.last_group_id!,
      lastObjectSecond: row.last_object_second!,
      users: row.users!,
    });
  }
}

interface UserRow {
  environment: string;
  id: number;
  object_id: string;
  key: string;
  username: string;
  username_hash: string;
  email: string;
  email_hash: string;
  first_name: string;
  last_name: string;
  is_active: boolean;
  profile: Record<string, unknown>;
  digests: UserDigests | null;
  created_on: Date;
  last_modified_on: Date;
  version: number;
}

async function loadById<Row extends { environment: string; id: number }>(
  db: Queryable,
  table: 'users' | 'former_users' | 'workspaces' | 'groups',
  touched: readonly ObjectId[],
  load: (key: string, row: Row) => void,
): Promise<void> {
  if (touched.length === 0) return;
  const { rows } = await db.query<Row>(
    `SELECT found.* FROM unnest($1::text[], $2::bigint[]) AS touched (environment, id)
     CROSS JOIN LATERAL (SELECT * FROM ${table} one
       WHERE one.environment = touched.environment AND one.id = touched.id LIMIT 1) found`,
    idColumns(touched),
  );
  for (const row of rows) load(inEnvironment(row.environment, row.id), row);
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    objectId: row.object_id,
    key: row.key,
    username: row.username,
    email: row.email,
    names: { username: row.username_hash, email: row.email_hash },
    firstName: row.first_name,
    lastName: row.last_name,
    isActive: row.is_active,
    profile: row.profile,
    digests: row.digests ?? undefined,
    createdOn: row.created_on.getTime(),
    lastModifiedOn: row.last_modified_on.getTime(),
    version: row.version,
  };
}

interface DeletedUserRow {
  environment: string;
  id: number;
  key: string;
}

interface NamedRow {
  environment: string;
  id: number;
  name: string;
  created_on: Date;
  version: number;
}

const namedOf = ({ id, name, created_on, version }: NamedRow) => ({
  ...{ id, name, version },
  createdOn: created_on.getTime(),
});

async function loadOwners(
  db: Queryable,
  column: 'username_hash' | 'email_hash',
  owners: Tracked<number>,
  names: readonly ObjectId[],
): Promise<void> {
  if (names.length === 0) return;
  const { rows } = await db.query<{ environment: string; name: string; id: number }>(
    `SELECT asked.environment, asked.name, found.id FROM unnest($1::text[], $2::text[]) AS asked (environment, name)
     CROSS JOIN LATERAL (SELECT id FROM users
       WHERE users.environment = asked.environment AND users.${column} = asked.name LIMIT 1) found`,
    idColumns(names),
  );
  for (const { environment, name, id } of rows) owners.load(inEnvironment(environment, name), id);
}

async function loadRoles(db: Queryable, state: RegistryState, touched: readonly ObjectId[]): Promise<void> {
  if (touched.length === 0) return;
  const { rows } = await db.query<{ key: string; role: Role }>(
    `SELECT DISTINCT concat_ws('/', environment, target_type, target_id, holder_type, holder_id) AS key, role FROM roles
     JOIN unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
       AS touched (environment, target_type, target_id, holder_type, holder_id)
       USING (environment, target_type, target_id, holder_type, holder_id)`,
    roleColumns(touched),
  );
  for (const { key, role } of rows) state.roles.load(key, role);
}
