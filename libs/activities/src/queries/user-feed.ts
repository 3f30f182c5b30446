import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, Postgres } from '#platform';
import { type AsOf, readAsOf } from '#projections';
import { Directory } from '#registry';
import { MOMENT, occurred, POSITION } from '../place.js';
import { type ActivityFilters, conditions } from './filters.js';
import {
  PUBLISHED_COLUMNS,
  type PublishedActivity,
  publishedActivity,
  type PublishedRow,
} from './published-activity.js';

/** A place in a feed: behind the activity that occurred then and stands there in the log. */
export interface FeedPlace {
  readonly occurredAt: number;
  readonly position: number;
}

export interface FeedPage {
  readonly activities: readonly PublishedActivity[];
  /** Where the next page begins; absent on the last. */
  readonly next?: FeedPlace;
}

/** A user's activities, latest first; of those at the same moment, the last in the log first. */
export class UserFeed extends Query<AsOf<FeedPage>> {
  constructor(
    readonly environment: string,
    readonly userId: number,
    readonly filters: ActivityFilters,
    readonly page: { readonly limit: number; readonly after?: FeedPlace },
  ) {
    super();
  }
}

@QueryHandler(UserFeed)
export class UserFeedHandler implements IQueryHandler<UserFeed> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a user that is not there. */
  async execute({ environment, userId, filters, page: { limit, after } }: UserFeed): Promise<AsOf<FeedPage>> {
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
    const values: unknown[] = [environment, userId];
    const { ofTotals, ofEntries } = conditions(filters, values);
    const { read: rows, positions } = await readAsOf<PublishedRow & { position: number }>(
      this.postgres,
      { name: 'activities' },
      `SELECT ${PUBLISHED_COLUMNS}, position FROM activity_totals
       CROSS JOIN LATERAL (
         SELECT *, ${POSITION} AS position FROM activity_entries
         WHERE total_id = activity_totals.id${ofEntries}${behind(after, values)}
         ORDER BY ${MOMENT} DESC, occurred_at DESC, place DESC LIMIT ${limit + 1}
       ) AS entry
       WHERE environment = $1 AND user_id = $2${ofTotals}
       ORDER BY occurred_at DESC, position DESC LIMIT ${limit + 1}`,
      values,
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last;
    const next = more ? { occurredAt: last.occurred_at, position: last.position } : undefined;
    return { read: { activities: shown.map(publishedActivity), next }, positions };
  }
}

function behind(after: FeedPlace | undefined, values: unknown[]): string {
  if (!after) return '';
  const [time, position] = [after.occurredAt, after.position].map((value) => `$${values.push(value)}::bigint`);
  return ` AND ${occurred('<', `(${time} + 1)`)} AND (occurred_at, ${POSITION}) < (${time}, ${position})`;
}
