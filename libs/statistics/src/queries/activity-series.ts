import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import {
  type ActivityKey,
  countByInterval,
  type CountedActivities,
  type Intervals,
  type KeyedCount,
  MOST_COUNTS,
} from '#activities';
import { Postgres, Problem } from '#platform';
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

  /** Throws `not-found` for a workspace that is not there, `invalid-request` where there are too many groups. */
  async execute({ of, intervals, group }: ActivitySeries): Promise<AsOf<IntervalCount[]>> {
    await requireWorkspace(this.directory, of.environment, of.workspace);
    const { read: counted, positions } = await countByInterval(this.postgres, of, intervals, group);
    if (counted.length > MOST_COUNTS) throw tooManyGroups();
    const groups: KeyedCount[][] = intervals.starts.map(() => []);
    for (const { nth, key, count } of counted) groups[nth]!.push({ key, count });
    const read = groups.map((counts) => ({
      count: counts.reduce((sum, { count }) => sum + count, 0),
      ...(group && { groups: counts }),
    }));
    return { read, positions };
  }
}

function tooManyGroups(): Problem {
  const detail =
    `makes more than ${MOST_COUNTS.toLocaleString('en')} groups of all intervals. ` +
    'Take a longer `interval` or a shorter span, or name a `type`';
  return new Problem('invalid-request', `group: ${detail}`, {
    errors: [{ parameter: 'group', code: 'invalid', detail }],
  });
}
