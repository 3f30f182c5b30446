import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { hasCharacters, Postgres, type Queryable, wholeNumber } from '#platform';
import { searchUsers } from '#search';
import { LISTED_COLUMNS, type ListedUserRow } from './user.rows.js';

// White space of any kind parts words; other control characters are in no user's details.
const searchText = z
  .string()
  .trim()
  .refine((text) => hasCharacters(text, 1, 200), { error: 'must be 1 to 200 characters', abort: true })
  .refine((text) => text.isWellFormed(), { message: 'must be well-formed Unicode' })
  .refine((text) => !/[^\P{Cc}\t\n\v\f\r]/u.test(text), { message: 'must be without control characters' });

export const SearchQuery = z.strictObject({
  q: searchText.meta({
    ...{ minLength: 1, maxLength: 200 },
    description: 'Words, each of which must be in the username, e-mail, first or last name.',
    examples: ['jane'],
  }),
  limit: wholeNumber(1, 100).default(20),
});

/**
 * The users of an environment who fit `q` best, at most `limit`. Every word has to be in one of the four fields,
 * without regard to case and accents; close spellings come behind where there is room.
 */
export class SearchUsers extends Query<ListedUserRow[]> {
  constructor(
    readonly environment: string,
    readonly q: string,
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(SearchUsers)
export class SearchUsersHandler implements IQueryHandler<SearchUsers> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, ...asked }: SearchUsers): Promise<ListedUserRow[]> {
    const db = this.postgres.prepared;
    return listUsers(db, environment, await searchUsers(db, environment, asked));
  }
}

async function listUsers(db: Queryable, environment: string, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const { rows } = await db.query<ListedUserRow>(
    `SELECT ${LISTED_COLUMNS} FROM users WHERE environment = $1 AND id = ANY($2::bigint[])`,
    [environment, ids],
  );
  const users = new Map(rows.map((row) => [row.id, row]));
  // Between two statements a user may have moved from one rank to another, or been deleted.
  return [...new Set(ids)].flatMap((id) => users.get(id) ?? []);
}
