import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Lookups, notFound, Postgres } from '#platform';
import { type UserRow } from './user.rows.js';

interface Asked {
  readonly environment: string;
  readonly id: number;
}

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
  private readonly users: Lookups<Asked, UserRow | undefined>;

  constructor(private readonly postgres: Postgres) {
    this.users = new Lookups((asked) => this.findUsers(asked));
  }

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

  private async findUsers(asked: readonly Asked[]): Promise<(UserRow | undefined)[]> {
    const { rows } = await this.postgres.prepared.query<UserRow & { place: number }>(
      `SELECT asked.place::int, users.id, object_id, username, email, first_name, last_name, is_active, profile,
         created_on, last_modified_on, version, activity.last_active_at
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (environment, id, place)
       CROSS JOIN LATERAL (SELECT * FROM users
         WHERE users.environment = asked.environment AND users.id = asked.id LIMIT 1) users
       CROSS JOIN LATERAL (SELECT max(last_active_at) AS last_active_at FROM activity_totals activity
         WHERE activity.environment = asked.environment AND activity.user_id = asked.id) activity`,
      [asked.map(({ environment }) => environment), asked.map(({ id }) => id)],
    );
    const users = new Map(rows.map(({ place, ...row }) => [place, row]));
    return asked.map((_, at) => users.get(at + 1));
  }
}
