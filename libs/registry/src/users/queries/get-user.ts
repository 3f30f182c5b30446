import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { findRows, Lookups, notFound, Postgres, type Table } from '#platform';
import { type UserRow } from './user.rows.js';

/** One user of an environment, by the integer id or the object id. */
export class GetUser extends Query<UserRow> {
  constructor(
    readonly environment: string,
    readonly by: { id: number } | { objectId: string },
  ) {
    super();
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  private readonly users = new Lookups((asked: readonly { environment: string; id: number }[]) =>
    findRows<UserRow>(this.postgres.prepared, USERS, asked),
  );

  constructor(private readonly postgres: Postgres) {}

  /** Throws `not-found`. */
  async execute({ environment, by }: GetUser): Promise<UserRow> {
    const id = 'id' in by ? by.id : await this.findId(environment, by.objectId);
    const user = id === undefined ? undefined : await this.users.find({ environment, id });
    if (user === undefined) throw notFound('user');
    return user;
  }

  private async findId(environment: string, objectId: string): Promise<number | undefined> {
    const { rows } = await this.postgres.prepared.query<{ id: number }>(
      'SELECT id FROM users WHERE environment = $1 AND object_id = $2',
      [environment, objectId],
    );
    return rows[0]?.id;
  }
}

const USERS: Table = {
  name: `(SELECT users.*, (SELECT max(last_active_at) FROM activity_totals activity
    WHERE activity.environment = users.environment AND activity.user_id = users.id) AS last_active_at FROM users)`,
  key: { environment: 'text', id: 'bigint' },
  columns: {
    ...{ id: 'bigint', objectId: 'text', username: 'text', email: 'text', firstName: 'text', lastName: 'text' },
    ...{ isActive: 'boolean', profile: 'json', createdOn: 'timestamptz', lastModifiedOn: 'timestamptz' },
    ...{ version: 'int', lastActiveAt: 'bigint' },
  },
};
