import { hash } from 'node:crypto';
import { inEnvironment, type RegistryState, type Tracked } from './registry.state.js';
import { type Decided, type Rules, type Sealed } from './rules.js';
import { type UserCommand, userDecider, type UserEvent, type UserState } from './user.decider.js';
import { inFixedOrder, type NameHashes } from './user.js';

/** Users, their names, and the counts of an environment. */
export const userRules: Rules<UserCommand, UserState, UserEvent> = {
  decider: userDecider,

  touches(command) {
    const users = 'userId' in command ? [command.userId] : [];
    const { username, email } = namesOf(command);
    return {
      // Whoever is only changed is counted already.
      counters: command.type !== 'ChangeUser' && command.type !== 'ReplaceUser',
      users,
      deletedKeys: command.type === 'EraseUser' ? users : [],
      usernames: username === undefined ? [] : [username],
      emails: email === undefined ? [] : [email],
    };
  },

  situation(state, environment, command) {
    const { username, email } = namesOf(command);
    const ownerOf = (names: Tracked<number>, name?: string) =>
      name === undefined ? undefined : names.get(inEnvironment(environment, name));
    const user = inEnvironment(environment, idOf(command));
    const id = state.countersOf(environment).lastUserId + 1;
    return {
      user: state.users.get(user),
      deletedKey: state.deletedKeys.get(user),
      owners: { username: ownerOf(state.usernames, username), email: ownerOf(state.emails, email) },
      next: { id, objectId: objectId(environment, objectSecond(state, environment, command.at), id) },
    };
  },

  apply(state, environment, decided) {
    const { command, events, before, after } = decided;
    for (const event of events) if (event.type === 'UserErased') state.erase({ environment, key: event.key });
    const user = after.user ?? before.user;
    // Somebody who was deleted before may be erased.
    if (user === undefined) return { type: 'user', id: idOf(command), did: 'delete', version: 0 };
    replaceUser(state, environment, decided);
    const did = before.user === undefined ? 'create' : after.user === undefined ? 'delete' : 'change';
    const { id, version } = user;
    return { type: 'user', id, did, version, user: after.user && inFixedOrder(after.user) };
  },
};

const idOf = (command: UserCommand) => ('userId' in command ? command.userId : 0);

const namesOf = (command: Sealed<UserCommand>): Partial<NameHashes> => ('names' in command ? command.names : {});

function replaceUser(
  state: RegistryState,
  environment: string,
  { command, before: { user: before }, after: { user: after } }: Decided<UserCommand, UserState, UserEvent>,
): void {
  const { id, key } = (after ?? before)!;
  const keyOf = (name?: string) => (name === undefined ? undefined : inEnvironment(environment, name));
  state.users.set(inEnvironment(environment, id), after);
  moveName(state.usernames, id, keyOf(before?.names.username), keyOf(after?.names.username));
  moveName(state.emails, id, keyOf(before?.names.email), keyOf(after?.names.email));
  const { users } = state.countersOf(environment);
  if (before === undefined) {
    const lastObjectSecond = objectSecond(state, environment, command.at);
    state.count(environment, { lastUserId: id, lastObjectSecond, users: users + 1 });
  } else if (after === undefined) {
    state.count(environment, { users: users - 1 });
    state.deletedKeys.set(inEnvironment(environment, id), key);
  }
}

function moveName(names: Tracked<number>, id: number, old?: string, now?: string): void {
  if (old === now) return;
  if (old !== undefined) names.set(old, undefined);
  if (now !== undefined) names.set(now, id);
}

/** The second of an object id, which never falls though the broker's clock may. */
const objectSecond = (state: RegistryState, environment: string, at: number) =>
  Math.max(state.countersOf(environment).lastObjectSecond, Math.floor(at / 1000));

/**
 * 24 hex digits: 8 of the second of the registration, 6 of the environment, 10 of the user's count in it. So they
 * rise in the order of registration; those of two environments are alike only where 24 bits of their names' hashes are.
 */
function objectId(environment: string, second: number, id: number): string {
  const tenant = hash('sha256', environment).slice(0, 6);
  return second.toString(16).padStart(8, '0') + tenant + id.toString(16).padStart(10, '0');
}
