import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { countActiveByInterval, type CountedActivities, type Intervals } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';
import { Directory } from '#registry';
import { requireWorkspace } from './existing-workspace.js';

/** How many users were active in each of these intervals; with a workspace, in it. */
export class ActiveUsersSeries extends Query<AsOf<number[]>> {
  constructor(
    readonly of: Omit<CountedActivities, 'type'>,
    readonly intervals: Intervals,
  ) {
    super();
  }
}

@QueryHandler(ActiveUsersSeries)
export class ActiveUsersSeriesHandler implements IQueryHandler<ActiveUsersSeries> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a workspace that is not there. */
  async execute({ of, intervals }: ActiveUsersSeries): Promise<AsOf<number[]>> {
    await requireWorkspace(this.directory, of.environment, of.workspace);
    return countActiveByInterval(this.postgres, of, intervals);
  }
}
