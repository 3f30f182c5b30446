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
    readonly workspace: number | undefined,
    /** Waits until Postgres may be asked to count, which reads all totals of the environment; Redis may at any time. */
    readonly turn: () => Promise<void>,
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

  /** Throws `not-found` for a workspace that is not there, and what `turn` throws. */
  async execute({ environment, since, workspace, turn }: ActiveUsers): Promise<ActiveUsersFigure> {
    await requireWorkspace(this.directory, environment, workspace);
    const live = workspace === undefined ? await this.figures.countActive(environment, since) : undefined;
    if (live) return { ...live, source: 'redis' };
    await turn();
    const counted =
      workspace === undefined
        ? await countActive(this.postgres, environment, since)
        : await countActiveIn(this.postgres, environment, workspace, since);
    return { ...counted, source: 'postgres' };
  }
}
