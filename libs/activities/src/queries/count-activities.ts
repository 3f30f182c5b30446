import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
import { type AsOf, readAsOf } from '#projections';
import { Directory } from '#registry';
import { type ActivityFilters, conditions } from './filters.js';

/** How many activities a user has. */
export class CountActivities extends Query<AsOf<number>> {
  constructor(
    readonly environment: string,
    readonly userId: number,
    readonly filters: ActivityFilters,
  ) {
    super();
  }
}

@QueryHandler(CountActivities)
export class CountActivitiesHandler implements IQueryHandler<CountActivities> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a user that is not there. */
  async execute({ environment, userId, filters }: CountActivities): Promise<AsOf<number>> {
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
    const values: unknown[] = [environment, userId];
    const { ofTotals, ofEntries } = conditions(filters, values);
    // The totals know no times; without such a filter they spare counting the feed.
    const counted = ofEntries
      ? `(SELECT count(*) FROM activity_entries WHERE total_id = activity_totals.id${ofEntries})`
      : 'activities';
    const { read, positions } = await readAsOf<{ count: number }>(
      this.postgres,
      { name: 'activities' },
      `SELECT coalesce(sum(${counted}), 0)::bigint AS count FROM activity_totals
       WHERE environment = $1 AND user_id = $2${ofTotals}`,
      values,
    );
    return { read: read[0]!.count, positions };
  }
}
