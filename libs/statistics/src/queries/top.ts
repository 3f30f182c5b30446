import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type ActivityKey, countMost } from '#activities';
import { Postgres } from '#platform';
import { Directory } from '#registry';

/** A type, or the id of a workspace or a user, whose name is there as long as it exists. */
export interface Ranked {
  readonly key: string | number;
  readonly name?: string;
  readonly count: number;
}

/** What most activities since a moment are of, in milliseconds since the epoch; most first. */
export class Top extends Query<Ranked[]> {
  constructor(
    readonly environment: string,
    readonly since: number,
    readonly of: { readonly by: ActivityKey; readonly limit: number },
  ) {
    super();
  }
}

@QueryHandler(Top)
export class TopHandler implements IQueryHandler<Top> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  async execute({ environment, since, of }: Top): Promise<Ranked[]> {
    const ranked = await countMost(this.postgres, environment, since, of);
    if (of.by === 'type') return ranked;
    const ids = ranked.map(({ key }) => Number(key));
    const names = await (of.by === 'user'
      ? this.directory.usernames(environment, ids)
      : this.directory.workspaceNames(environment, ids));
    return ranked.map(({ key, count }) => {
      const name = names.get(Number(key));
      return { key, ...(name !== undefined && { name }), count };
    });
  }
}
