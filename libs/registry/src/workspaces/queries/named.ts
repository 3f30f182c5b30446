import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
import { type Listed, listed, type ListPart, startOf } from '../../listed.js';
import { type NamedKind } from '../../decisions/named.decider.js';

export interface NamedRow {
  id: number;
  name: string;
  version: number;
}

const TABLES = { Workspace: 'workspaces', Group: 'groups' } as const;

/** One workspace or group of an environment. */
export class GetNamed extends Query<NamedRow> {
  constructor(
    readonly environment: string,
    readonly kind: NamedKind,
    readonly id: number,
  ) {
    super();
  }
}

@QueryHandler(GetNamed)
export class GetNamedHandler implements IQueryHandler<GetNamed> {
  constructor(private readonly postgres: Postgres) {}

  /** Throws `not-found`. */
  async execute({ environment, kind, id }: GetNamed): Promise<NamedRow> {
    const { rows } = await this.postgres.query<NamedRow>(
      `SELECT id, name, version FROM ${TABLES[kind]} WHERE environment = $1 AND id = $2`,
      [environment, id],
    );
    if (rows[0] === undefined) throw notFound(kind.toLowerCase());
    return rows[0];
  }
}

/** A part of an environment's workspaces or groups in the order of their ids. */
export class ListNamed extends Query<Listed<NamedRow>> {
  constructor(
    readonly environment: string,
    readonly kind: NamedKind,
    readonly part: ListPart,
  ) {
    super();
  }
}

@QueryHandler(ListNamed)
export class ListNamedHandler implements IQueryHandler<ListNamed> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, kind, part }: ListNamed): Promise<Listed<NamedRow>> {
    const { behind, skip } = startOf(part);
    const { rows } = await this.postgres.query<NamedRow>(
      `SELECT id, name, version FROM ${TABLES[kind]} WHERE environment = $1 AND id > $2 ORDER BY id LIMIT $3 OFFSET $4`,
      [environment, behind, part.page_size + 1, skip],
    );
    const counted = await this.postgres.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${TABLES[kind]} WHERE environment = $1`,
      [environment],
    );
    return listed(counted.rows[0]!.count, rows, part);
  }
}
