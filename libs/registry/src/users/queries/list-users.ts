import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Postgres } from '#platform';
import { USERS_A_BLOCK } from '../../fold/tables.js';
import { type Listed, listed, type ListPart, startOf } from '../../listed.js';
import { LISTED_COLUMNS, type ListedUserRow } from './user.rows.js';

export interface UserFilters {
  readonly isActive?: boolean;
  /** Milliseconds since the epoch, that moment included. */
  readonly lastActiveSince?: number;
  /** Has a role there, directly or by a group. */
  readonly workspace?: number;
}

/** A part of an environment's users in the order of their ids. */
export class ListUsers extends Query<Listed<ListedUserRow>> {
  constructor(
    readonly environment: string,
    readonly part: ListPart,
    readonly filters: UserFilters = {},
  ) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, part, filters }: ListUsers): Promise<Listed<ListedUserRow>> {
    const { conditions, values } = conditionsOf(environment, filters);
    return values.length === 1 ? this.everybody(environment, part) : this.filtered(conditions, values, part);
  }

  // The registry keeps the number of users, in all and in each block of ids: at most the blocks' numbers are added up
  // and one block is skipped over, and not even that where nobody of it was deleted, or behind an id.
  private async everybody(environment: string, part: ListPart): Promise<Listed<ListedUserRow>> {
    const { behind, skip } = startOf(part);
    const [counted, { rows }] = await Promise.all([
      this.postgres.prepared.query<{ count: number }>(
        'SELECT users AS count FROM environments WHERE environment = $1',
        [environment],
      ),
      part.after === undefined
        ? this.postgres.query<ListedUserRow>(PAGE, [environment, skip, part.page_size + 1])
        : this.postgres.query<ListedUserRow>(BEHIND, [environment, behind, part.page_size + 1]),
    ]);
    return listed(counted.rows[0]?.count ?? 0, rows, part);
  }

  private async filtered(conditions: string, values: unknown[], part: ListPart): Promise<Listed<ListedUserRow>> {
    const { behind, skip } = startOf(part);
    const counted = await this.postgres.query<{ count: number }>(
      `SELECT count(*) AS count FROM users WHERE ${conditions}`,
      values,
    );
    const at = values.length;
    const { rows } = await this.postgres.query<ListedUserRow>(
      `SELECT ${LISTED_COLUMNS} FROM users WHERE ${conditions} AND id > $${at + 1} ORDER BY id
       LIMIT $${at + 2} OFFSET $${at + 3}`,
      [...values, behind, part.page_size + 1, skip],
    );
    return listed(counted.rows[0]!.count, rows, part);
  }
}

const BEHIND = `SELECT ${LISTED_COLUMNS} FROM users WHERE environment = $1 AND id > $2 ORDER BY id LIMIT $3`;

// Not prepared: for a limit that it doesn't know the planner would rather sort everybody. Ids are from 1, so that with as many users before it, the first of the page has an id above their number: whole blocks
// before that are added up without a look at each sum.
const PAGE = `
  WITH passed AS (
    SELECT coalesce(sum(users), 0) AS users FROM user_blocks
    WHERE environment = $1 AND block < ($2::bigint + 1) / ${USERS_A_BLOCK}
  ), sums AS (
    SELECT block, users, (SELECT users FROM passed) + sum(users) OVER (ORDER BY block) AS upto FROM user_blocks
    WHERE environment = $1 AND block >= ($2::bigint + 1) / ${USERS_A_BLOCK}
  ), start AS (
    SELECT greatest(block * ${USERS_A_BLOCK}, 1) AS id, ($2::bigint - (upto - users))::bigint AS skip,
      users = (block + 1) * ${USERS_A_BLOCK} - greatest(block * ${USERS_A_BLOCK}, 1) AS is_full
    FROM sums WHERE upto > $2 ORDER BY block LIMIT 1
  )
  SELECT ${LISTED_COLUMNS} FROM users
  WHERE environment = $1 AND id >= (
    SELECT CASE WHEN is_full THEN id + skip ELSE (
      SELECT users.id FROM users WHERE environment = $1 AND users.id BETWEEN start.id AND start.id + ${USERS_A_BLOCK}
      ORDER BY users.id OFFSET skip LIMIT 1
    ) END FROM start
  )
  ORDER BY id LIMIT $3`;

function conditionsOf(environment: string, { isActive, lastActiveSince, workspace }: UserFilters) {
  const values: unknown[] = [environment];
  const conditions = ['environment = $1'];
  if (isActive !== undefined) conditions.push(`is_active = $${values.push(isActive)}`);
  if (lastActiveSince !== undefined) {
    conditions.push(
      `EXISTS (SELECT FROM activity_totals activity WHERE activity.environment = users.environment
       AND activity.user_id = users.id AND activity.last_active_at >= $${values.push(lastActiveSince)})`,
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
