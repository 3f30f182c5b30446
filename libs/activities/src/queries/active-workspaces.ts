import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
import { type AsOf, readAsOf } from '#projections';
import { Directory, workspacesOf } from '#registry';
import { ACTIVE_AT, occurred } from '../place.js';

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
export class ActiveWorkspaces extends Query<AsOf<ActiveWorkspace[]>> {
  constructor(
    readonly environment: string,
    readonly userId: number,
    readonly since: number,
  ) {
    super();
  }
}

@QueryHandler(ActiveWorkspaces)
export class ActiveWorkspacesHandler implements IQueryHandler<ActiveWorkspaces> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a user that is not there. Workspaces that are gone are not shown. */
  async execute({ environment, userId, since }: ActiveWorkspaces): Promise<AsOf<ActiveWorkspace[]>> {
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
    // The earlier of two moments lies in the window exactly where both do.
    return readAsOf<ActiveWorkspace>(
      this.postgres,
      { name: 'activities' },
      `SELECT workspaces.id, workspaces.name, workspaces.role, active.activities, active.last_active_at AS "lastActiveAt"
       FROM (SELECT workspace_id, sum(entries)::bigint AS activities, max(latest) AS last_active_at
             FROM activity_totals CROSS JOIN LATERAL (
               SELECT count(*) AS entries, max(${ACTIVE_AT}) AS latest FROM activity_entries
               WHERE total_id = activity_totals.id AND ${occurred('>=', '$3::bigint')} AND received_at >= $3
             ) AS counted
             WHERE environment = $1 AND user_id = $2 AND workspace_id > 0 AND last_active_at >= $3 AND entries > 0
             GROUP BY workspace_id) active
       JOIN (${workspacesOf('$1', '$2')}) AS workspaces ON workspaces.id = active.workspace_id
       ORDER BY active.last_active_at DESC, workspaces.id`,
      [environment, userId, since],
    );
  }
}
