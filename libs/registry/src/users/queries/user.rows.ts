import { type User } from '../../decisions/user.js';

/** What lists show of a user. */
export interface ListedUserRow {
  id: number;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  is_active: boolean;
}

export const LISTED_COLUMNS = 'id, username, email, first_name, last_name, is_active';

/** A user as its view holds it, with the time of its last activity in milliseconds since the epoch. */
export interface UserRow extends ListedUserRow {
  object_id: string;
  profile: Record<string, unknown>;
  created_on: Date;
  last_modified_on: Date;
  version: number;
  last_active_at: number | null;
}

/** A user of the registry as its view would show it. */
export function userRow(user: User, lastActiveAt: number | null): UserRow {
  return {
    id: user.id,
    object_id: user.objectId,
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    is_active: user.isActive,
    profile: user.profile,
    created_on: new Date(user.createdOn),
    last_modified_on: new Date(user.lastModifiedOn),
    version: user.version,
    last_active_at: lastActiveAt,
  };
}
