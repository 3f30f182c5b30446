import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
import { Directory } from '#registry';

export interface ActiveWorkspace {
  readonly id: number;
  readonly name: string;
  readonly role: string | null;
  /** How many activities in the window. */
  readonly activities: number;
  /** Milliseconds since the epoch. */
  readonly lastActiveAt: number;
}

/** Where a user was active since a moment (milliseconds since the epoch), the latest first. */
export class ActiveWorkspaces extends Query<ActiveWorkspace[]> {
  constructor(
    readonly environment: string,
    readonly userId: number,
    readonly since: number,
  ) {
    super();
  }
}

// The strongest role that the user has there now, by whichever way.
const ROLE = `(SELECT role FROM workspace_roles ways
  WHERE ways.environment = $1 AND ways.user_id = $2 AND ways.workspace_id = workspaces.id
  ORDER BY array_position(ARRAY['viewer', 'editor', 'admin'], role) DESC LIMIT 1)`;

@QueryHandler(ActiveWorkspaces)
export class ActiveWorkspacesHandler implements IQueryHandler<ActiveWorkspaces> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a user that is not there. Workspaces that are gone are not shown. */
  async execute({ environment, userId, since }: ActiveWorkspaces): Promise<ActiveWorkspace[]> {
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
    // The earlier of two moments lies in the window exactly where both do.
    const { rows } = await this.postgres.query<ActiveWorkspace & { lastActiveAt: number }>(
      `SELECT workspaces.id, workspaces.name, ${ROLE} AS role, active.activities, active.last_active_at AS "lastActiveAt"
       FROM (SELECT workspace_id, count(*) AS activities, max(LEAST(occurred_at, received_at)) AS last_active_at
             FROM activities
             WHERE environment = $1 AND user_id = $2 AND occurred_at >= $3 AND received_at >= $3
             GROUP BY workspace_id) active
       JOIN workspaces ON workspaces.environment = $1 AND workspaces.id = active.workspace_id
       ORDER BY active.last_active_at DESC, workspaces.id`,
      [environment, userId, since],
    );
    return rows;
  }
}
