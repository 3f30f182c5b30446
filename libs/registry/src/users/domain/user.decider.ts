import { type Decider, type Decision, type Rejection } from '#event-sourcing';
import { mergePatch } from './merge-patch.js';
import { type FreeFields, type NameHashes, type User } from './user.js';
import { type EraseUser, type UserCommand } from './user.commands.js';
import { type UserEvent } from './user.events.js';

/** What a command about one user can depend on: the user, who owns the names it asks for, and the next ids. */
export interface UserState {
  readonly user: User | undefined;
  /** The key of a user who was deleted before, where the command asks for it. */
  readonly formerKey?: string;
  /** The ids of the users that own the names which the command asks for. */
  readonly owners: { readonly username?: number; readonly email?: number };
  readonly next: { readonly id: number; readonly objectId: string };
}

/** A command with the log's time of its record. */
export type Timed<Command> = Command & { readonly at: number };

/**
 * The rules of users. The verdicts are part of the stored format: what is decided here today must be decided so at
 * every replay.
 */
export const userDecider = {
  initial: { user: undefined, owners: {}, next: { id: 1, objectId: '' } } as UserState,

  decide(state: UserState, command: Timed<UserCommand>): Decision<UserEvent> {
    if (command.type === 'RegisterUser') return register(state, command);
    if (command.type === 'EraseUser' && state.user === undefined) return eraseFormer(state.formerKey, command);
    // Sealed with another key than the user's: it was let in when there was no such user.
    if (state.user === undefined || ('key' in command && command.key !== state.user.key)) {
      return MISSING;
    }
    if (command.ifVersions && !command.ifVersions.includes(state.user.version)) return stale(state.user.version);
    return change(state, command);
  },

  evolve(state: UserState, event: UserEvent): UserState {
    return { ...state, user: evolveUser(state.user, event) };
  },
} satisfies Decider<UserState, Timed<UserCommand>, UserEvent>;

const MISSING: Rejection = { rejected: 'not-found', detail: 'There is no such user in this environment.' };

/** Again is as good as once. */
function eraseFormer(key: string | undefined, { ifVersions, at }: Timed<EraseUser>): Decision<UserEvent> {
  if (key === undefined) return MISSING;
  if (ifVersions) return { rejected: 'stale-version', detail: 'The user was deleted and has no version any more.' };
  return [{ type: 'UserErased', key, at }];
}

function register(
  { owners, next }: UserState,
  command: Timed<UserCommand & { type: 'RegisterUser' }>,
): Decision<UserEvent> {
  const { key, names, user, at } = command;
  return takenBySomebodyElse(names, owners) ?? [{ type: 'UserRegistered', ...next, key, names, user, at }];
}

function change(
  { user, owners }: UserState,
  command: Timed<Exclude<UserCommand, { type: 'RegisterUser' }>>,
): Decision<UserEvent> {
  const { at } = command;
  switch (command.type) {
    case 'DeleteUser':
      return [{ type: 'UserDeleted', at }];
    case 'EraseUser':
      return [{ type: 'UserErased', key: user!.key, at }];
    case 'ReplaceUser':
      return (
        takenBySomebodyElse(command.names, owners, user?.id) ?? [
          { type: 'UserReplaced', names: command.names, user: command.user, at },
        ]
      );
    case 'ChangeUser':
      return (
        takenBySomebodyElse(command.names, owners, user?.id) ?? [
          { type: 'UserChanged', names: command.names, changes: command.changes, at },
        ]
      );
  }
}

function takenBySomebodyElse(
  names: Partial<NameHashes>,
  owners: UserState['owners'],
  self?: number,
): Rejection | undefined {
  if (names.username !== undefined && owners.username !== undefined && owners.username !== self) {
    return { rejected: 'username-taken', detail: 'Another user of this environment has this username.' };
  }
  if (names.email !== undefined && owners.email !== undefined && owners.email !== self) {
    return { rejected: 'email-taken', detail: 'Another user of this environment has this e-mail address.' };
  }
  return undefined;
}

function stale(version: number): Rejection {
  return { rejected: 'stale-version', detail: `The current version is "${version}".` };
}

function evolveUser(user: User | undefined, event: UserEvent): User | undefined {
  if (event.type === 'UserRegistered') {
    const { id, objectId, key, names, at } = event;
    return { ...event.user, id, objectId, key, names, createdOn: at, lastModifiedOn: at, version: 1 };
  }
  if (user === undefined || event.type === 'UserDeleted' || event.type === 'UserErased') return undefined;
  const touched = { ...user, lastModifiedOn: event.at, version: user.version + 1 };
  if (event.type === 'UserReplaced') return { ...touched, ...event.user, names: event.names };
  const { profile, ...changes } = event.changes;
  return {
    ...touched,
    ...changes,
    names: { ...user.names, ...event.names },
    profile: profile ? (mergePatch(user.profile, profile) as FreeFields) : user.profile,
  };
}
