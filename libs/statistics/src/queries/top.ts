import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type ActivityKey, countMost } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';
import { Directory } from '#registry';

/** A type, or the id of a workspace or a user, whose name is there as long as it exists. */
export interface Ranked {
  readonly key: string | number;
  readonly name?: string;
  readonly count: number;
}

/** What most activities since a moment are of, in milliseconds since the epoch; most first. */
export class Top extends Query<AsOf<Ranked[]>> {
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

  async execute({ environment, since, of }: Top): Promise<AsOf<Ranked[]>> {
    const { read: ranked, positions } = await countMost(this.postgres, environment, since, of);
    const names = await this.namesOf(environment, of.by, ranked);
    const read = ranked.map(({ key, count }) => {
      const name = names?.get(Number(key));
      return { key, ...(name !== undefined && { name }), count };
    });
    return { read, positions };
  }

  private async namesOf(environment: string, by: ActivityKey, ranked: readonly { key: string | number }[]) {
    if (by === 'type') return undefined;
    const ids = ranked.map(({ key }) => Number(key));
    return by === 'user' ? this.directory.usernames(environment, ids) : this.directory.workspaceNames(environment, ids);
  }
}
