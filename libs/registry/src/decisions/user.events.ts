import { type UserDigests } from './digests.js';
import { type NameHashes, type UserChanges, type UserDetails } from './user.js';

export interface UserRegistered {
  readonly type: 'UserRegistered';
  readonly id: number;
  readonly objectId: string;
  readonly key: string;
  readonly names: NameHashes;
  readonly user: UserDetails;
  readonly at: number;
}

export interface UserReplaced {
  readonly type: 'UserReplaced';
  readonly names: NameHashes;
  readonly digests?: UserDigests;
  readonly user: UserDetails;
  readonly at: number;
}

export interface UserChanged {
  readonly type: 'UserChanged';
  readonly names: Partial<NameHashes>;
  /** Those of the user as it is then. */
  readonly digests?: UserDigests;
  readonly changes: UserChanges;
  readonly at: number;
}

export interface UserDeleted {
  readonly type: 'UserDeleted';
  readonly at: number;
}

/** Nothing that was sealed with this key is to be read any more. */
export interface UserErased {
  readonly type: 'UserErased';
  readonly key: string;
  readonly at: number;
}

export type UserEvent = UserRegistered | UserReplaced | UserChanged | UserDeleted | UserErased;
