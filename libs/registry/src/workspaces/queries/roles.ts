import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Postgres } from '#platform';
import { type Listed, listed, type ListPart, startOf } from '../../listed.js';
import { LISTED_COLUMNS, type ListedUserRow } from '../../users/listed-user.js';
import { WORKSPACE_ROLES, type WorkspaceRole } from '../../decisions/assignment.decider.js';

/** The members of a group, a part of them in the order of their ids. */
export class ListMembers extends Query<Listed<ListedUserRow>> {
  constructor(
    readonly environment: string,
    readonly groupId: number,
    readonly part: ListPart,
  ) {
    super();
  }
}

@QueryHandler(ListMembers)
export class ListMembersHandler implements IQueryHandler<ListMembers> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, groupId, part }: ListMembers): Promise<Listed<ListedUserRow>> {
    const { behind, skip } = startOf(part);
    const members = `FROM roles
      WHERE environment = $1 AND target_type = 'group' AND target_id = $2 AND holder_type = 'user'`;
    const { rows } = await this.postgres.query<ListedUserRow>(
      // The page comes first, or all users in front of it might be read: a membership has a user, it goes with them.
      `SELECT ${LISTED_COLUMNS} FROM (
         SELECT holder_id ${members} AND holder_id > $3 ORDER BY holder_id LIMIT $4 OFFSET $5
       ) AS page JOIN users ON users.environment = $1 AND users.id = page.holder_id ORDER BY id`,
      [environment, groupId, behind, part.page_size + 1, skip],
    );
    const counted = await this.postgres.query<{ count: number }>(`SELECT count(*) AS count ${members}`, [
      environment,
      groupId,
    ]);
    return listed(counted.rows[0]!.count, rows, part);
  }
}

export interface Permissions {
  readonly users: { id: number; username: string; role: WorkspaceRole }[];
  readonly groups: { id: number; name: string; role: WorkspaceRole }[];
}

/** Who has a role in a workspace, directly and as a group. */
export class ListPermissions extends Query<Permissions> {
  constructor(
    readonly environment: string,
    readonly workspaceId: number,
  ) {
    super();
  }
}

@QueryHandler(ListPermissions)
export class ListPermissionsHandler implements IQueryHandler<ListPermissions> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, workspaceId }: ListPermissions): Promise<Permissions> {
    const granted = (holders: 'users' | 'groups', name: string) =>
      `SELECT holders.id, holders.${name}, role FROM roles JOIN ${holders} holders
         ON holders.environment = roles.environment AND holders.id = holder_id
       WHERE roles.environment = $1 AND target_type = 'workspace' AND target_id = $2 AND holder_type = $3 ORDER BY id`;
    const [users, groups] = await Promise.all([
      this.postgres.query<Permissions['users'][number]>(granted('users', 'username'), [
        environment,
        workspaceId,
        'user',
      ]),
      this.postgres.query<Permissions['groups'][number]>(granted('groups', 'name'), [
        environment,
        workspaceId,
        'group',
      ]),
    ]);
    return { users: users.rows, groups: groups.rows };
  }
}

export interface UserWorkspace {
  readonly id: number;
  readonly name: string;
  /** The strongest of all ways. */
  readonly role: WorkspaceRole;
  readonly via: ({ type: 'direct' } | { type: 'group'; id: number; name: string })[];
}

/** The workspaces in which a user has a role, directly or through groups, in the order of their ids. */
export class ListUserWorkspaces extends Query<UserWorkspace[]> {
  constructor(
    readonly environment: string,
    readonly userId: number,
  ) {
    super();
  }
}

interface Way {
  id: number;
  name: string;
  role: WorkspaceRole;
  group_id: number | null;
  group_name: string | null;
}

@QueryHandler(ListUserWorkspaces)
export class ListUserWorkspacesHandler implements IQueryHandler<ListUserWorkspaces> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, userId }: ListUserWorkspaces): Promise<UserWorkspace[]> {
    const { rows } = await this.postgres.query<Way>(
      `SELECT workspaces.id, workspaces.name, ways.role, ways.group_id, groups.name AS group_name
       FROM workspace_roles ways
       JOIN workspaces ON workspaces.environment = ways.environment AND workspaces.id = ways.workspace_id
       LEFT JOIN groups ON groups.environment = ways.environment AND groups.id = ways.group_id
       WHERE ways.environment = $1 AND ways.user_id = $2 ORDER BY workspaces.id, ways.group_id NULLS FIRST`,
      [environment, userId],
    );
    return [...Map.groupBy(rows, ({ id }) => id).values()].map(summarised);
  }
}

function summarised(ways: Way[]): UserWorkspace {
  const { id, name } = ways[0]!;
  const role = WORKSPACE_ROLES.findLast((role) => ways.some((way) => way.role === role))!;
  const via = ways.map(({ group_id, group_name }) =>
    group_id === null ? { type: 'direct' as const } : { type: 'group' as const, id: group_id, name: group_name ?? '' },
  );
  return { id, name, role, via };
}
