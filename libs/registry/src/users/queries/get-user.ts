import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
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
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  /** Throws `not-found`. */
  async execute({ environment, by }: GetUser): Promise<UserRow> {
    const [column, value] = 'id' in by ? ['id', by.id] : ['object_id', by.objectId];
    const { rows } = await this.postgres.query<UserRow>(
      `SELECT users.*, activity.last_active_at FROM users
       LEFT JOIN user_activity activity ON activity.environment = users.environment AND activity.user_id = users.id
       WHERE users.environment = $1 AND users.${column} = $2`,
      [environment, value],
    );
    if (rows[0] === undefined) throw notFound('user');
    return rows[0];
  }
}
