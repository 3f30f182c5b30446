import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import {
  type ActivityKey,
  countByInterval,
  type CountedActivities,
  type Intervals,
  type KeyedCount,
} from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';
import { Directory } from '#registry';
import { requireWorkspace } from './existing-workspace.js';

/** How many activities there are in an interval, and of what, where that was asked for. */
export interface IntervalCount {
  readonly count: number;
  readonly groups?: readonly KeyedCount[];
}

/** How many activities there are in each of these intervals, in groups if asked for. */
export class ActivitySeries extends Query<AsOf<IntervalCount[]>> {
  constructor(
    readonly of: CountedActivities,
    readonly intervals: Intervals,
    readonly group?: Exclude<ActivityKey, 'user'>,
  ) {
    super();
  }
}

@QueryHandler(ActivitySeries)
export class ActivitySeriesHandler implements IQueryHandler<ActivitySeries> {
  constructor(
    private readonly postgres: Postgres,
    private readonly directory: Directory,
  ) {}

  /** Throws `not-found` for a workspace that is not there. */
  async execute({ of, intervals, group }: ActivitySeries): Promise<AsOf<IntervalCount[]>> {
    await requireWorkspace(this.directory, of.environment, of.workspace);
    const groups: KeyedCount[][] = intervals.starts.map(() => []);
    const { read: counted, positions } = await countByInterval(this.postgres, of, intervals, group);
    for (const { nth, key, count } of counted) groups[nth]!.push({ key, count });
    const read = groups.map((counts) => ({
      count: counts.reduce((sum, { count }) => sum + count, 0),
      ...(group && { groups: counts }),
    }));
    return { read, positions };
  }
}
