import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';

export interface WorkspaceRow {
  id: number;
  name: string;
  version: number;
}

/** One workspace of an environment. */
export class GetWorkspace extends Query<WorkspaceRow> {
  constructor(
    readonly environment: string,
    readonly id: number,
  ) {
    super();
  }
}

@QueryHandler(GetWorkspace)
export class GetWorkspaceHandler implements IQueryHandler<GetWorkspace> {
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  /** Throws `not-found`. */
  async execute({ environment, id }: GetWorkspace): Promise<WorkspaceRow> {
    const { rows } = await this.postgres.query<WorkspaceRow>(
      'SELECT id, name, version FROM workspaces WHERE environment = $1 AND id = $2',
      [environment, id],
    );
    if (rows[0] === undefined) throw notFound('workspace');
    return rows[0];
  }
}

/** A numbered page of an environment's workspaces in the order of their ids. */
export class ListWorkspaces extends Query<{ count: number; rows: WorkspaceRow[] }> {
  constructor(
    readonly environment: string,
    readonly page: number,
    readonly pageSize: number,
  ) {
    super();
  }
}

@QueryHandler(ListWorkspaces)
export class ListWorkspacesHandler implements IQueryHandler<ListWorkspaces> {
  constructor(@Inject(Postgres) private readonly postgres: Postgres) {}

  async execute({ environment, page, pageSize }: ListWorkspaces): Promise<{ count: number; rows: WorkspaceRow[] }> {
    const { rows } = await this.postgres.query<WorkspaceRow>(
      'SELECT id, name, version FROM workspaces WHERE environment = $1 ORDER BY id LIMIT $2 OFFSET $3',
      [environment, pageSize, (page - 1) * pageSize],
    );
    const counted = await this.postgres.query<{ count: number }>(
      'SELECT count(*) AS count FROM workspaces WHERE environment = $1',
      [environment],
    );
    return { count: counted.rows[0]!.count, rows };
  }
}
