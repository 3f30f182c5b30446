import { addRows, deleteRows, findRows, putRows, type Queryable, type Table, type Transaction } from '#platform';
import { type Named } from '../decisions/named.decider.js';
import { type Counters, type Loaded, type RegistryState, type Tracked } from '../decisions/registry.state.js';
import { type User } from '../decisions/user.js';

export type Part = 'counters' | Loaded;

/** The table of a part of the state, and how a value of it stands in a row. */
interface Stored<Value, Row = object> {
  readonly table: Table;
  toRow(value: Value): Row;
  fromRow(row: Row): Value;
}

const OBJECT = { environment: 'text', id: 'bigint' };

/** Where each part of the state is kept. A value has a row, and its key in the state is made of those of the table. */
const TABLES: { readonly [Name in Part]: RegistryState[Name] extends Tracked<infer Value> ? Stored<Value> : never } = {
  counters: asItIs<Counters>({
    name: 'environments',
    key: { environment: 'text' },
    columns: {
      ...{ lastUserId: 'bigint', lastWorkspaceId: 'bigint', lastGroupId: 'bigint' },
      ...{ lastObjectSecond: 'bigint', users: 'bigint' },
    },
  }),
  users: {
    table: {
      name: 'users',
      key: OBJECT,
      columns: {
        ...{ id: 'bigint', objectId: 'text', key: 'uuid', username: 'text', usernameHash: 'text' },
        ...{ email: 'text', emailHash: 'text', firstName: 'text', lastName: 'text', isActive: 'boolean' },
        ...{ profile: 'json', digests: 'json', version: 'int' },
        ...{ createdOn: 'timestamptz', lastModifiedOn: 'timestamptz' },
      },
    },
    toRow: ({ names, ...user }: User) => ({ ...user, usernameHash: names.username, emailHash: names.email }),
    fromRow: ({ usernameHash: username, emailHash: email, ...user }) => ({ ...user, names: { username, email } }),
  } satisfies Stored<User, Omit<User, 'names'> & { usernameHash: string; emailHash: string }>,
  // Read alone: whoever owns a name is in the row of the user.
  usernames: inColumn('users', { environment: 'text', usernameHash: 'text' }, 'id', 'bigint'),
  emails: inColumn('users', { environment: 'text', emailHash: 'text' }, 'id', 'bigint'),
  deletedKeys: inColumn('former_users', OBJECT, 'key', 'uuid'),
  workspaces: named('workspaces'),
  groups: named('groups'),
  roles: inColumn(
    'roles',
    { environment: 'text', targetType: 'text', targetId: 'bigint', holderType: 'text', holderId: 'bigint' },
    'role',
    'text',
  ),
};

function asItIs<Value>(table: Table): Stored<Value, Value> {
  return { table, toRow: (value) => value, fromRow: (row) => row };
}

function named(name: string): Stored<Named, Named> {
  const columns = { id: 'bigint', name: 'text', createdOn: 'timestamptz', version: 'int' };
  return asItIs({ name, key: OBJECT, columns });
}

function inColumn<Value>(
  name: string,
  key: Table['key'],
  field: string,
  type: string,
): Stored<Value, Record<string, Value>> {
  const table = { name, key, columns: { [field]: type } };
  return { table, toRow: (value) => ({ [field]: value }), fromRow: (row) => row[field]! };
}

/** Loads the values of these keys. */
export async function loadPart(
  db: Queryable,
  state: RegistryState,
  part: Part,
  keys: ReadonlySet<string>,
): Promise<void> {
  const { table, fromRow } = TABLES[part] as Stored<unknown>;
  const asked = [...keys];
  const rows = await findRows(
    db,
    table,
    asked.map((key) => keyIn(table, key)),
  );
  for (const [at, row] of rows.entries()) if (row) (state[part] as Tracked<unknown>).load(asked[at]!, fromRow(row));
}

/** Writes what has changed since it was loaded, as far as it was there. */
export function writePart(tx: Transaction, state: RegistryState, part: Part): void {
  const { table, toRow } = TABLES[part] as Stored<unknown>;
  const values = state[part] as Tracked<unknown>;
  const rowsOf = (isNew: boolean) =>
    values
      .kept()
      .filter(({ key }) => (values.before(key) === undefined) === isNew)
      .map(({ key, value }) => ({ ...keyIn(table, key), ...toRow(value) }));
  deleteRows(
    tx,
    table,
    values.gone().map((key) => keyIn(table, key)),
  );
  addRows(tx, table, rowsOf(true));
  putRows(tx, table, rowsOf(false));
}

function keyIn({ key }: Table, parts: string) {
  const values = parts.split('/');
  return Object.fromEntries(Object.keys(key).map((field, at) => [field, values[at]]));
}
