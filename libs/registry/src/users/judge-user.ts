import { createHash } from 'node:crypto';
import { isRejection } from '#event-sourcing';
import { inEnvironment, type RegistryState, type Tracked, type Verdict } from '../fold/registry.state.js';
import { type UserCommand } from './domain/user.commands.js';
import { type Timed, userDecider, type UserState } from './domain/user.decider.js';
import { inFixedOrder, type User } from './domain/user.js';

/** Judges a command about a user, and lets what follows take effect: the user, its names, the counts. */
export function judgeUser(state: RegistryState, environment: string, command: Timed<UserCommand>): Verdict {
  const before = situation(state, environment, command);
  const decision = userDecider.decide(before, command);
  if (isRejection(decision)) return decision;
  const after = decision.reduce((user, event) => userDecider.evolve(user, event), before);
  for (const event of decision) if (event.type === 'UserErased') state.erase({ environment, key: event.key });
  const user = after.user ?? before.user;
  // Somebody who was deleted before may be erased.
  if (user === undefined) return { accepted: { type: 'user', id: idOf(command), did: 'delete', version: 0 } };
  replaceUser(state, environment, before.user, after.user, command.at);
  const did = before.user === undefined ? 'create' : after.user === undefined ? 'delete' : 'change';
  const { id, version } = user;
  return { accepted: { type: 'user', id, did, version, user: after.user && inFixedOrder(after.user) } };
}

const idOf = (command: UserCommand) => ('userId' in command ? command.userId : 0);

function situation(state: RegistryState, environment: string, command: Timed<UserCommand>): UserState {
  const names = 'names' in command ? command.names : {};
  const counters = state.countersOf(environment);
  const id = counters.lastUserId + 1;
  const second = Math.max(counters.lastObjectSecond, Math.floor(command.at / 1000));
  const ownerOf = (names: Tracked<number>, key?: string) =>
    key === undefined ? undefined : names.get(inEnvironment(environment, key));
  const target = inEnvironment(environment, idOf(command));
  return {
    user: state.users.get(target),
    formerKey: state.formerKeys.get(target),
    owners: { username: ownerOf(state.usernames, names.username), email: ownerOf(state.emails, names.email) },
    next: { id, objectId: objectId(environment, second, id) },
  };
}

function replaceUser(
  state: RegistryState,
  environment: string,
  before: User | undefined,
  after: User | undefined,
  at: number,
): void {
  const user = (after ?? before)!;
  state.users.set(inEnvironment(environment, user.id), after);
  moveName(state.usernames, environment, user.id, before?.names.username, after?.names.username);
  moveName(state.emails, environment, user.id, before?.names.email, after?.names.email);
  if (before === undefined) {
    const lastObjectSecond = Math.max(state.countersOf(environment).lastObjectSecond, Math.floor(at / 1000));
    state.count(environment, { lastUserId: user.id, lastObjectSecond });
    state.countUser(environment, user.id, 1);
  } else if (after === undefined) {
    state.countUser(environment, user.id, -1);
    state.formerKeys.set(inEnvironment(environment, user.id), user.key);
  }
}

function moveName(names: Tracked<number>, environment: string, id: number, old?: string, now?: string): void {
  if (old === now) return;
  if (old !== undefined) names.set(inEnvironment(environment, old), undefined);
  if (now !== undefined) names.set(inEnvironment(environment, now), id);
}

/**
 * 24 hex digits: 8 of the second of the registration, 6 of the environment, 10 of the user's count in it. So they
 * rise in the order of registration; those of two environments are alike only where 24 bits of their names' hashes are.
 */
function objectId(environment: string, second: number, id: number): string {
  const tenant = createHash('sha256').update(environment).digest('hex').slice(0, 6);
  return second.toString(16).padStart(8, '0') + tenant + id.toString(16).padStart(10, '0');
}
