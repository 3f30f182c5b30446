import { type NameKeys, type UserDetails } from './user.js';

export interface UserRegistered {
  readonly type: 'UserRegistered';
  readonly id: number;
  readonly objectId: string;
  readonly keys: NameKeys;
  readonly user: UserDetails;
  readonly at: number;
}

export interface UserReplaced {
  readonly type: 'UserReplaced';
  readonly keys: NameKeys;
  readonly user: UserDetails;
  readonly at: number;
}

export interface UserChanged {
  readonly type: 'UserChanged';
  readonly keys: Partial<NameKeys>;
  readonly changes: Partial<UserDetails>;
  readonly at: number;
}

export interface UserDeleted {
  readonly type: 'UserDeleted';
  readonly at: number;
}

export type UserEvent = UserRegistered | UserReplaced | UserChanged | UserDeleted;
