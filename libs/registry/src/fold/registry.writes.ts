import { addUpRows, deleteRows, type Transaction } from '#platform';
import { writeSearch } from '#search';
import { inEnvironment, objectIdOf, type RegistryState, type Tracked } from '../decisions/registry.state.js';
import { type User } from '../decisions/user.js';
import { type UserKey } from '../stored/keyring.js';
import { clearDeleted, writeKeys, writeOutcomes } from './outcome.rows.js';
import { writePart } from './state.tables.js';
import { USERS_A_BLOCK } from './tables.js';

/**
 * Everything that the commands of a batch changed, in one statement a table; `keys` are those of its users. Answers are left
 * to the transaction.
 */
export function writeState(
  tx: Transaction,
  state: RegistryState,
  partition: number,
  keys: ReadonlyMap<string, UserKey>,
): void {
  const parts = ['counters', 'users', 'workspaces', 'groups', 'roles', 'deletedKeys'] as const;
  clearDeleted(tx, state);
  for (const part of parts) writePart(tx, state, part);
  addUpRows(tx, USER_BLOCKS, blockChanges(state.users));
  writeSearch(tx, searchChanges(state.users));
  dropRolesOfTheDeleted(tx, state);
  writeOutcomes(tx, state, partition, keys);
  writeKeys(tx, state, partition);
}

const USER_BLOCKS = {
  name: 'user_blocks',
  key: { environment: 'text', block: 'bigint' },
  columns: { users: 'bigint' },
};

/** By how many users each block of ids grew or shrank; by none where one came and went, whose block is kept too. */
function blockChanges(users: Tracked<User>) {
  const changes = new Map<string, { environment: string; block: number; users: number }>();
  for (const [key, now] of users.changes) {
    const before = users.before(key);
    if (before && now) continue;
    const { environment, id } = objectIdOf(key);
    const block = Math.floor(id / USERS_A_BLOCK);
    const change = changes.get(inEnvironment(environment, block)) ?? { environment, block, users: 0 };
    change.users += (now ? 1 : 0) - (before ? 1 : 0);
    changes.set(inEnvironment(environment, block), change);
  }
  return [...changes.values()];
}

const searchChanges = (users: Tracked<User>) =>
  [...users.changes].map(([key, now]) => ({ ...objectIdOf(key), before: users.before(key), now }));

/** Behind all that was assigned: a role may have been given and gone with its target or holder at once. */
function dropRolesOfTheDeleted(tx: Transaction, { users, groups, workspaces }: RegistryState): void {
  const gone = Object.entries({ user: users, group: groups, workspace: workspaces }).flatMap(([type, objects]) =>
    objects.gone().map((key) => ({ ...objectIdOf(key), type })),
  );
  const drop = (type: string, id: string) =>
    deleteRows(
      tx,
      { name: 'roles', key: { environment: 'text', [type]: 'text', [id]: 'bigint' }, columns: {} },
      gone.map((end) => ({ environment: end.environment, [type]: end.type, [id]: end.id })),
    );
  drop('targetType', 'targetId');
  drop('holderType', 'holderId');
}
