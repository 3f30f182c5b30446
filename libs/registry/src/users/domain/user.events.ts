import { type NameHashes, type UserDetails } from './user.js';

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
  readonly user: UserDetails;
  readonly at: number;
}

export interface UserChanged {
  readonly type: 'UserChanged';
  readonly names: Partial<NameHashes>;
  readonly changes: Partial<UserDetails>;
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
