import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { countActive, countActiveIn } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';
import { Directory } from '#registry';
import { LiveFigures } from '../figures/live-figures.js';
import { requireWorkspace } from './existing-workspace.js';

export interface ActiveUsersFigure extends AsOf<number> {
  readonly source: 'redis' | 'postgres';
}

/**
 * How many users of an environment had at least one activity since a moment, in milliseconds since the epoch; with a
 * workspace, one in it. Users that were deleted since count as they did: the past does not change.
 */
export class ActiveUsers extends Query<ActiveUsersFigure> {
  constructor(
    readonly environment: string,
    readonly since: number,
    readonly workspace?: number,
  ) {
    super();
  }
}

@QueryHandler(ActiveUsers)
export class ActiveUsersHandler implements IQueryHandler<ActiveUsers> {
  constructor(
    private readonly figures: LiveFigures,
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a workspace that is not there. */
  async execute({ environment, since, workspace }: ActiveUsers): Promise<ActiveUsersFigure> {
    await requireWorkspace(this.directory, environment, workspace);
    if (workspace !== undefined) {
      return { ...(await countActiveIn(this.postgres, environment, workspace, since)), source: 'postgres' };
    }
    const figure = await this.figures.countActive(environment, since);
    if (figure !== undefined) return { ...figure, source: 'redis' };
    return { ...(await countActive(this.postgres, environment, since)), source: 'postgres' };
  }
}
