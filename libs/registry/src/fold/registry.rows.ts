import { type Queryable, together } from '#platform';
import { type UserDigests } from '../users/domain/digests.js';
import { type User } from '../users/domain/user.js';
import { type Holder, type Role, type Target } from '../workspaces/domain/assignment.decider.js';
import { kindOf, type Named } from '../workspaces/domain/named.decider.js';
import { type LoggedCommand } from '../sealing/command-seals.js';
import { type RegistryCommand } from './registry.record.js';
import { inEnvironment, RegistryState, type Tracked } from './registry.state.js';
import { loadKeys, loadOutcomes, moveClock } from './remembered.js';

/** Where records are applied, and to what time the clock of their partition moves with them. */
export interface Place {
  readonly partition: number;
  readonly time: number;
}

/**
 * Everything that these commands can touch, in one statement a table. Each row is looked up for itself (LATERAL with a
 * limit): the planner, which can't know how many are asked for, would rather read a large table from end to end.
 */
export async function loadState(
  tx: Queryable,
  { partition, time }: Place,
  commands: readonly LoggedCommand[],
): Promise<RegistryState> {
  const state = new RegistryState();
  const touched = touchedBy(commands);
  await together([
    moveClock(tx, state, partition, time),
    loadCounters(tx, state, commands),
    loadUsers(tx, state, touched.users),
    loadFormerKeys(tx, state, touched.erased),
    loadOwners(tx, 'username_hash', state.usernames, touched.usernames),
    loadOwners(tx, 'email_hash', state.emails, touched.emails),
    loadNamed(tx, state.workspaces, 'workspaces', touched.workspaces),
    loadNamed(tx, state.groups, 'groups', touched.groups),
    loadRoles(tx, state, touched.roles),
    loadOutcomes(
      tx,
      state,
      commands.map(({ record }) => record.id),
    ),
    loadKeys(tx, state, touched.keys),
  ]);
  return state;
}

type Pairs = [environment: string, id: string | number][];

interface Touched {
  readonly users: Pairs;
  readonly erased: Pairs;
  readonly usernames: Pairs;
  readonly emails: Pairs;
  readonly workspaces: Pairs;
  readonly groups: Pairs;
  readonly roles: { environment: string; target: Target; holder: Holder }[];
  readonly keys: Pairs;
}

function touchedBy(commands: readonly LoggedCommand[]): Touched {
  const touched: Touched = {
    ...{ users: [], erased: [], usernames: [], emails: [] },
    ...{ workspaces: [], groups: [], roles: [], keys: [] },
  };
  for (const { environment, record } of commands) {
    touch(touched, environment, record.command);
    if (record.idempotency) touched.keys.push([environment, record.idempotency.key]);
  }
  return touched;
}

function touch(touched: Touched, environment: string, command: RegistryCommand): void {
  if ('userId' in command) touched.users.push([environment, command.userId]);
  if (command.type === 'EraseUser') touched.erased.push([environment, command.userId]);
  if ('names' in command) {
    if (command.names.username !== undefined) touched.usernames.push([environment, command.names.username]);
    if (command.names.email !== undefined) touched.emails.push([environment, command.names.email]);
  }
  if ('id' in command) {
    const objects = kindOf(command) === 'Group' ? touched.groups : touched.workspaces;
    objects.push([environment, command.id]);
  }
  if ('holder' in command) {
    for (const { type, id } of [command.target, command.holder]) touched[`${type}s`].push([environment, id]);
    touched.roles.push({ environment, target: command.target, holder: command.holder });
  }
}

const columns = (pairs: Pairs) => [pairs.map(([environment]) => environment), pairs.map(([, id]) => id)];

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

async function loadUsers(db: Queryable, state: RegistryState, users: Pairs): Promise<void> {
  if (users.length === 0) return;
  const { rows } = await db.query<UserRow>(
    `SELECT found.* FROM unnest($1::text[], $2::bigint[]) AS touched (environment, id)
     CROSS JOIN LATERAL (SELECT * FROM users
       WHERE users.environment = touched.environment AND users.id = touched.id LIMIT 1) found`,
    columns(users),
  );
  for (const row of rows) state.users.load(inEnvironment(row.environment, row.id), userOf(row));
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

async function loadFormerKeys(db: Queryable, state: RegistryState, users: Pairs): Promise<void> {
  if (users.length === 0) return;
  const { rows } = await db.query<{ environment: string; id: number; key: string }>(
    `SELECT found.* FROM unnest($1::text[], $2::bigint[]) AS asked (environment, id)
     CROSS JOIN LATERAL (SELECT * FROM former_users former
       WHERE former.environment = asked.environment AND former.id = asked.id LIMIT 1) found`,
    columns(users),
  );
  for (const { environment, id, key } of rows) state.formerKeys.load(inEnvironment(environment, id), key);
}

async function loadOwners(
  db: Queryable,
  column: 'username_hash' | 'email_hash',
  owners: Tracked<number>,
  names: Pairs,
): Promise<void> {
  if (names.length === 0) return;
  const { rows } = await db.query<{ environment: string; name: string; id: number }>(
    `SELECT asked.environment, asked.name, found.id FROM unnest($1::text[], $2::text[]) AS asked (environment, name)
     CROSS JOIN LATERAL (SELECT id FROM users
       WHERE users.environment = asked.environment AND users.${column} = asked.name LIMIT 1) found`,
    columns(names),
  );
  for (const { environment, name, id } of rows) owners.load(inEnvironment(environment, name), id);
}

async function loadNamed(
  db: Queryable,
  objects: Tracked<Named>,
  table: 'workspaces' | 'groups',
  touched: Pairs,
): Promise<void> {
  if (touched.length === 0) return;
  const { rows } = await db.query<{ environment: string; id: number; name: string; created_on: Date; version: number }>(
    `SELECT found.* FROM unnest($1::text[], $2::bigint[]) AS touched (environment, id)
     CROSS JOIN LATERAL (SELECT * FROM ${table}
       WHERE ${table}.environment = touched.environment AND ${table}.id = touched.id LIMIT 1) found`,
    columns(touched),
  );
  for (const { environment, id, name, created_on, version } of rows) {
    objects.load(inEnvironment(environment, id), { id, name, createdOn: created_on.getTime(), version });
  }
}

async function loadRoles(db: Queryable, state: RegistryState, touched: Touched['roles']): Promise<void> {
  if (touched.length === 0) return;
  const { rows } = await db.query<{ key: string; role: Role }>(
    `SELECT DISTINCT concat_ws('/', environment, target_type, target_id, holder_type, holder_id) AS key, role FROM roles
     JOIN unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
       AS touched (environment, target_type, target_id, holder_type, holder_id)
       USING (environment, target_type, target_id, holder_type, holder_id)`,
    [
      touched.map(({ environment }) => environment),
      touched.map(({ target }) => target.type),
      touched.map(({ target }) => target.id),
      touched.map(({ holder }) => holder.type),
      touched.map(({ holder }) => holder.id),
    ],
  );
  for (const { key, role } of rows) state.roles.load(key, role);
}
