import { type z } from 'zod';
import { type User } from '../../decisions/user.js';
import { type FullUser, type FullUserV2, type ListedUser, type ListedUserV2 } from '../http/user.views.js';

/** A user as its view holds it, with the time of its last activity in milliseconds since the epoch. */
export interface UserRow {
  id: number;
  object_id: string;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  is_active: boolean;
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

export const LISTED_COLUMNS = 'id, username, email, first_name, last_name, is_active';

export function listedUser(row: UserRow): z.output<typeof ListedUser> {
  const { id, username, email, first_name, last_name, is_active } = row;
  return { id, username, email, firstName: first_name, lastName: last_name, isActive: is_active };
}

export function fullUser(row: UserRow): z.output<typeof FullUser> {
  return {
    ...listedUser(row),
    objectId: row.object_id,
    profile: row.profile,
    createdOn: row.created_on.toISOString(),
    lastModifiedOn: row.last_modified_on.toISOString(),
    lastActiveOn: row.last_active_at === null ? null : new Date(row.last_active_at).toISOString(),
  };
}

export function listedUserV2(row: UserRow): z.output<typeof ListedUserV2> {
  return {
    _id: row.object_id,
    username: row.username,
    profile: { ...row.profile, firstName: row.first_name, lastName: row.last_name, email: row.email },
    _createdOn: row.created_on.toISOString(),
  };
}

export function fullUserV2(row: UserRow): z.output<typeof FullUserV2> {
  const { _createdOn, ...listed } = listedUserV2(row);
  const { id, email, firstName, lastName, isActive } = listedUser(row);
  return {
    ...listed,
    id,
    email,
    firstName,
    lastName,
    isActive,
    _createdOn,
    _lastModifiedOn: row.last_modified_on.toISOString(),
  };
}
