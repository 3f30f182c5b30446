import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Postgres } from '#platform';
import { type FreeFields } from '../../decisions/user.js';
import { LISTED_COLUMNS, type ListedUserRow } from './user.rows.js';

interface ScrolledUser extends ListedUserRow {
  readonly objectId: string;
  readonly profile: FreeFields;
  readonly createdOn: Date;
}

export interface UserScroll {
  readonly rows: ScrolledUser[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

/** The users behind (`after`) or in front of (`before`) an object id, in its order. */
export class ScrollUsers extends Query<UserScroll> {
  constructor(
    readonly environment: string,
    readonly limit: number,
    readonly cursor: { after?: string; before?: string },
  ) {
    super();
  }
}

@QueryHandler(ScrollUsers)
export class ScrollUsersHandler implements IQueryHandler<ScrollUsers> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, limit, cursor }: ScrollUsers): Promise<UserScroll> {
    const backwards = cursor.before !== undefined;
    const { rows } = await this.postgres.query<ScrolledUser>(
      `SELECT ${LISTED_COLUMNS}, object_id AS "objectId", profile, created_on AS "createdOn" FROM users
       WHERE environment = $1 AND ($2::text IS NULL OR object_id > $2) AND ($3::text IS NULL OR object_id < $3)
       ORDER BY object_id ${backwards ? 'DESC' : 'ASC'} LIMIT $4`,
      [environment, cursor.after ?? null, cursor.before ?? null, limit + 1],
    );
    // One row more than asked for tells whether there is a page behind.
    const more = rows.length > limit;
    const page = backwards ? rows.slice(0, limit).reverse() : rows.slice(0, limit);
    const others = await this.beyond(environment, page, cursor);
    return backwards
      ? { rows: page, hasPrevious: more, hasNext: others.after }
      : { rows: page, hasPrevious: others.before, hasNext: more };
  }

  /** Whether there are users in front of and behind a page, or beyond the cursor where the page is empty. */
  private async beyond(environment: string, page: ScrolledUser[], cursor: { after?: string; before?: string }) {
    const first = page[0]?.objectId ?? cursor.after ?? cursor.before;
    const last = page.at(-1)?.objectId ?? cursor.before ?? cursor.after;
    if (first === undefined) return { before: false, after: false };
    const inclusive = page.length === 0 ? '=' : '';
    const { rows } = await this.postgres.query<{ before: boolean; after: boolean }>(
      `SELECT EXISTS (SELECT FROM users WHERE environment = $1 AND object_id <${inclusive} $2) AS before,
              EXISTS (SELECT FROM users WHERE environment = $1 AND object_id >${inclusive} $3) AS after`,
      [environment, first, last],
    );
    return rows[0]!;
  }
}
