import { type User } from '../../decisions/user.js';

/** What lists show of a user. */
export type ListedUserRow = Pick<User, 'id' | 'username' | 'email' | 'firstName' | 'lastName' | 'isActive'>;

export const LISTED_COLUMNS =
  'id, username, email, first_name AS "firstName", last_name AS "lastName", is_active AS "isActive"';

/** What is shown of a user alone. Times in milliseconds since the epoch. */
export interface UserRow
  extends ListedUserRow, Pick<User, 'objectId' | 'profile' | 'createdOn' | 'lastModifiedOn' | 'version'> {
  /** Missing of one who never was. */
  readonly lastActiveAt?: number;
}
