import { type ChangeDigests, type UserDigests } from './digests.js';
import { type NameHashes, type UserChanges, type UserDetails } from './user.js';

export interface RegisterUser {
  readonly type: 'RegisterUser';
  /** The id of the key that the user's details are sealed with. */
  readonly key: string;
  readonly names: NameHashes;
  readonly user: UserDetails;
}

/** What a record of version 2 says of the user that it changes. */
interface Based {
  /** What was there at a version, where that was left without digests: by a registration, or a record of version 1. */
  readonly base?: { readonly version: number; readonly digests: UserDigests };
}

/** Replaces all details. */
export interface ReplaceUser extends Based {
  readonly type: 'ReplaceUser';
  readonly userId: number;
  readonly key: string;
  readonly names: NameHashes;
  /** Missing in records of version 1. */
  readonly digests?: UserDigests;
  readonly user: UserDetails;
  /** The versions that the client takes for current (`If-Match`); absent when it does not mind. */
  readonly ifVersions?: readonly number[];
}

/** Changes the details that are named. */
export interface ChangeUser extends Based {
  readonly type: 'ChangeUser';
  readonly userId: number;
  readonly key: string;
  readonly names: Partial<NameHashes>;
  readonly digests?: ChangeDigests;
  readonly changes: UserChanges;
  readonly ifVersions?: readonly number[];
}

export interface DeleteUser {
  readonly type: 'DeleteUser';
  readonly userId: number;
  readonly ifVersions?: readonly number[];
}

/** Deletes the user, where that was not done before, and makes unreadable what the log holds of them. */
export interface EraseUser {
  readonly type: 'EraseUser';
  readonly userId: number;
  readonly ifVersions?: readonly number[];
}

export type UserCommand = RegisterUser | ReplaceUser | ChangeUser | DeleteUser | EraseUser;
