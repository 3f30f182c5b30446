import { z } from 'zod';
import { pageOf } from '../http/pages.js';
import { type ListedUserRow } from './queries/user.rows.js';

export { LISTED_COLUMNS, type ListedUserRow } from './queries/user.rows.js';

/** An example of one. */
export const listedJane = {
  id: 1,
  username: 'jane',
  email: 'jane@example.com',
  firstName: 'Jane',
  lastName: '',
  isActive: true,
};

/** A user as lists and searches show it. */
export const ListedUser = z
  .object({
    id: z.int().min(1),
    username: z.string(),
    email: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    isActive: z.boolean(),
  })
  .meta({ id: 'ListedUser', examples: [listedJane] });

export const UserPage = pageOf(ListedUser).meta({
  id: 'UserPage',
  examples: [
    { count: 42, next: 'http://127.0.0.1:3000/api/v3/users?page=2&page_size=1', previous: null, results: [listedJane] },
  ],
});

export function listedUser(user: ListedUserRow): z.output<typeof ListedUser> {
  const { id, username, email, firstName, lastName, isActive } = user;
  return { id, username, email, firstName, lastName, isActive };
}
