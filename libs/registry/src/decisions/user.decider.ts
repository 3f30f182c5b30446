import { type Decider, type Decision, type Rejection } from '#event-sourcing';
import { areSame, bytesOf, type ChangeDigests, changedDigests, type UserDigests } from './digests.js';
import { mergePatch } from './merge-patch.js';
import { type Timed } from './timed.js';
import {
  type FreeFields,
  type NameHashes,
  PROFILE_BYTES,
  type User,
  type UserChanges,
  type UserDetails,
} from './user.js';

export interface RegisterUser {
  readonly type: 'RegisterUser';
  /** The id of the key that the user's details are sealed with. */
  readonly key: string;
  readonly names: NameHashes;
  readonly user: UserDetails;
}

interface OfUser {
  readonly userId: number;
  /** The versions that the client takes for current (`If-Match`); absent when it does not mind. */
  readonly ifVersions?: readonly number[];
}

interface OfDetails extends OfUser {
  readonly key: string;
  /** What was there at a version, where that was left without digests: by a registration, or a record of version 1. */
  readonly base?: { readonly version: number; readonly digests: UserDigests };
}

/** Replaces all details. */
export interface ReplaceUser extends OfDetails {
  readonly type: 'ReplaceUser';
  readonly names: NameHashes;
  /** Missing in records of version 1. */
  readonly digests?: UserDigests;
  readonly user: UserDetails;
}

/** Changes the details that are named. */
export interface ChangeUser extends OfDetails {
  readonly type: 'ChangeUser';
  readonly names: Partial<NameHashes>;
  readonly digests?: ChangeDigests;
  readonly changes: UserChanges;
}

interface DeleteUser extends OfUser {
  readonly type: 'DeleteUser';
}

/** Deletes the user, where that was not done before, and makes unreadable what the log holds of them. */
interface EraseUser extends OfUser {
  readonly type: 'EraseUser';
}

export type UserCommand = RegisterUser | ReplaceUser | ChangeUser | DeleteUser | EraseUser;

export interface UserRegistered extends Pick<User, 'id' | 'objectId' | 'key' | 'names'> {
  readonly type: 'UserRegistered';
  readonly user: UserDetails;
}

type UserReplaced = { readonly type: 'UserReplaced' } & Pick<ReplaceUser, 'names' | 'digests' | 'user'>;

interface UserChanged {
  readonly type: 'UserChanged';
  readonly names: Partial<NameHashes>;
  /** Those of the user as it is then. */
  readonly digests?: UserDigests;
  readonly changes: UserChanges;
}

/** Nothing that was sealed with this key is to be read any more. */
interface UserErased {
  readonly type: 'UserErased';
  readonly key: string;
}

export type UserEvent = Timed<
  UserRegistered | UserReplaced | UserChanged | { readonly type: 'UserDeleted' } | UserErased
>;

/** What a command about one user can depend on: the user, who owns the names it asks for, and the next ids. */
export interface UserState {
  readonly user: User | undefined;
  /** The id of the key of a user who was deleted before, where the command asks for it. */
  readonly deletedKey?: string;
  /** The ids of the users that own the names which the command asks for. */
  readonly owners: { readonly username?: number; readonly email?: number };
  readonly next: { readonly id: number; readonly objectId: string };
}

/**
 * The rules of users. The verdicts are part of the stored format: what is decided here today must be decided so at
 * every replay.
 */
export const userDecider = {
  initial: { user: undefined, owners: {}, next: { id: 1, objectId: '' } } as UserState,

  decide(state: UserState, command: Timed<UserCommand>): Decision<UserEvent> {
    if (command.type === 'RegisterUser') return register(state, command);
    if (command.type === 'EraseUser' && state.user === undefined) return eraseDeleted(state.deletedKey, command);
    // Sealed with another key than the user's: it was let in when there was no such user.
    if (state.user === undefined || ('key' in command && command.key !== state.user.key)) {
      return MISSING;
    }
    if (command.ifVersions && !command.ifVersions.includes(state.user.version)) return stale(state.user.version);
    return decideOn(state.user, state.owners, command);
  },

  evolve(state: UserState, event: UserEvent): UserState {
    return { ...state, user: evolveUser(state.user, event) };
  },
} satisfies Decider<UserState, Timed<UserCommand>, UserEvent>;

const MISSING: Rejection = { rejected: 'not-found', detail: 'There is no such user in this environment.' };

/** Again is as good as once. */
function eraseDeleted(key: string | undefined, { ifVersions, at }: Timed<EraseUser>): Decision<UserEvent> {
  if (key === undefined) return MISSING;
  if (ifVersions) return { rejected: 'stale-version', detail: 'The user was deleted and has no version any more.' };
  return [{ type: 'UserErased', key, at }];
}

function decideOn(
  user: User,
  owners: UserState['owners'],
  command: Timed<Exclude<UserCommand, { type: 'RegisterUser' }>>,
): Decision<UserEvent> {
  if (command.type === 'DeleteUser') return [{ type: 'UserDeleted', at: command.at }];
  if (command.type === 'EraseUser') return [{ type: 'UserErased', key: user.key, at: command.at }];
  const taken = takenBySomebodyElse(command.names, owners, user.id);
  return taken ?? (command.type === 'ReplaceUser' ? replace(user, command) : change(user, command));
}

function register(
  { owners, next }: UserState,
  command: Timed<UserCommand & { type: 'RegisterUser' }>,
): Decision<UserEvent> {
  const { key, names, user, at } = command;
  return takenBySomebodyElse(names, owners) ?? [{ type: 'UserRegistered', ...next, key, names, user, at }];
}

/** Without an event where nothing would be different. */
function replace(now: User, { names, digests, base, user, at }: Timed<ReplaceUser>): Decision<UserEvent> {
  if (isSame(now, knownOf(now, base), digests, user.isActive)) return [];
  return [{ type: 'UserReplaced', names, digests, user, at }];
}

/** Likewise. What is personal cannot be read here, so a user whose digests are not known has changed in any case. */
function change(now: User, command: Timed<ChangeUser>): Decision<UserEvent> {
  const { names, base, changes, at } = command;
  const known = knownOf(now, base);
  const digests = known && command.digests && changedDigests(known, command.digests);
  if (digests && command.digests?.profile && bytesOf(digests.profile) > PROFILE_BYTES) return tooLarge();
  if (isSame(now, known, digests, changes.isActive)) return [];
  return [{ type: 'UserChanged', names, digests, changes, at }];
}

/** The digests of a user as it is; that of the command may be out of date. */
function knownOf({ digests, version }: User, base: ChangeUser['base']): UserDigests | undefined {
  return digests ?? (base?.version === version ? base.digests : undefined);
}

function isSame(
  now: User,
  before: UserDigests | undefined,
  after: UserDigests | undefined,
  isActive = now.isActive,
): boolean {
  return after !== undefined && areSame(before, after) && isActive === now.isActive;
}

function tooLarge(): Rejection {
  const detail = `must be at most ${PROFILE_BYTES} bytes of JSON when merged with what is there by then`;
  return {
    rejected: 'invalid-body',
    detail: `/profile: ${detail}`,
    errors: [{ pointer: '/profile', code: 'too-large', detail }],
  };
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
  const touched = { ...user, digests: event.digests, lastModifiedOn: event.at, version: user.version + 1 };
  if (event.type === 'UserReplaced') return { ...touched, ...event.user, names: event.names };
  const { profile, ...changes } = event.changes;
  return {
    ...touched,
    ...changes,
    names: { ...user.names, ...event.names },
    profile: profile === null ? {} : (mergePatch(user.profile, profile ?? {}) as FreeFields),
  };
}
