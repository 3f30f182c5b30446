import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Postgres } from '#platform';
import { LISTED_COLUMNS, type UserRow } from './user.rows.js';

export interface UserFilters {
  readonly isActive?: boolean;
  readonly lastActiveSince?: Date;
  /** Has a role there, directly or by a group. */
  readonly workspace?: number;
}

export interface UserPage {
  readonly count: number;
  readonly rows: UserRow[];
}

/** A numbered page of an environment's users in the order of their ids, and how many users there are in all. */
export class ListUsers extends Query<UserPage> {
  constructor(
    readonly environment: string,
    readonly page: number,
    readonly pageSize: number,
    readonly filters: UserFilters = {},
  ) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  async execute({ environment, page, pageSize, filters }: ListUsers): Promise<UserPage> {
    const { conditions, values } = conditionsOf(environment, filters);
    const { rows } = await this.postgres.query<UserRow>(
      `SELECT ${LISTED_COLUMNS} FROM users WHERE ${conditions} ORDER BY id
       LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      [...values, pageSize, (page - 1) * pageSize],
    );
    return { count: await this.count(environment, filters), rows };
  }

  // The registry keeps the number of users; only a filter makes it necessary to count.
  private async count(environment: string, filters: UserFilters): Promise<number> {
    const { conditions, values } = conditionsOf(environment, filters);
    const unfiltered = values.length === 1;
    const { rows } = await this.postgres.query<{ count: number }>(
      unfiltered
        ? 'SELECT users AS count FROM environments WHERE environment = $1'
        : `SELECT count(*) AS count FROM users WHERE ${conditions}`,
      values,
    );
    return rows[0]?.count ?? 0;
  }
}

function conditionsOf(environment: string, { isActive, lastActiveSince, workspace }: UserFilters) {
  const values: unknown[] = [environment];
  const conditions = ['environment = $1'];
  if (isActive !== undefined) conditions.push(`is_active = $${values.push(isActive)}`);
  if (lastActiveSince !== undefined) {
    conditions.push(
      `EXISTS (SELECT FROM user_activity activity WHERE activity.environment = users.environment
       AND activity.user_id = users.id AND activity.last_active_at >= $${values.push(lastActiveSince.getTime())})`,
    );
  }
  if (workspace !== undefined) {
    conditions.push(
      `EXISTS (SELECT FROM workspace_roles ways JOIN workspaces ON workspaces.environment = ways.environment
       AND workspaces.id = ways.workspace_id WHERE ways.environment = users.environment
       AND ways.user_id = users.id AND ways.workspace_id = $${values.push(workspace)})`,
    );
  }
  return { conditions: conditions.join(' AND '), values };
}
