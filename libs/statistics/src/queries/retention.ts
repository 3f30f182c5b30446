import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { countReturned, type Intervals } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';

/** The users who came in the same interval, and how many of them were active in it and in each that follows, to the last. */
export interface Cohort {
  readonly users: number;
  readonly returned: readonly number[];
}

/** Users by the interval of their first activity ever, for each of these intervals. */
export class Retention extends Query<AsOf<Cohort[]>> {
  constructor(
    readonly environment: string,
    readonly intervals: Intervals,
  ) {
    super();
  }
}

@QueryHandler(Retention)
export class RetentionHandler implements IQueryHandler<Retention> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, intervals }: Retention): Promise<AsOf<Cohort[]>> {
    const { length } = intervals.starts;
    const cohorts = intervals.starts.map((_, at) => new Array<number>(length - at).fill(0));
    const { read: counted, positions } = await countReturned(this.postgres, environment, intervals);
    for (const { cohort, nths, users } of counted) {
      nths.forEach((nth, at) => (cohorts[cohort]![nth - cohort] = users[at]!));
    }
    return { read: cohorts.map((returned) => ({ users: returned[0]!, returned })), positions };
  }
}
