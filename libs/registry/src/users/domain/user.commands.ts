import { type NameHashes, type UserDetails } from './user.js';

export interface RegisterUser {
  readonly type: 'RegisterUser';
  /** The id of the key that the user's details are sealed with. */
  readonly key: string;
  readonly names: NameHashes;
  readonly user: UserDetails;
}

/** Replaces all details. */
export interface ReplaceUser {
  readonly type: 'ReplaceUser';
  readonly userId: number;
  readonly key: string;
  readonly names: NameHashes;
  readonly user: UserDetails;
  /** The versions that the client takes for current (`If-Match`); absent when it does not mind. */
  readonly ifVersions?: readonly number[];
}

/** Changes the details that are named; `profile` is a merge patch (RFC 7396). */
export interface ChangeUser {
  readonly type: 'ChangeUser';
  readonly userId: number;
  readonly key: string;
  readonly names: Partial<NameHashes>;
  readonly changes: Partial<UserDetails>;
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
