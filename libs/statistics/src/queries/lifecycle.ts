import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { countPresent, type Intervals } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';

/** Users of an interval: here for the first time, again, after a gap, and those of the interval before who are not. */
export interface Stages {
  readonly new: number;
  readonly returning: number;
  readonly resurrected: number;
  readonly dormant: number;
}

/** What became of users in each of these intervals but the first, which is the one before those that are asked about. */
export class Lifecycle extends Query<AsOf<Stages[]>> {
  constructor(
    readonly environment: string,
    readonly intervals: Intervals,
  ) {
    super();
  }
}

@QueryHandler(Lifecycle)
export class LifecycleHandler implements IQueryHandler<Lifecycle> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, intervals }: Lifecycle): Promise<AsOf<Stages[]>> {
    const { read: present, positions } = await countPresent(this.postgres, environment, intervals);
    const read = present.slice(1).map(({ active, fresh, stayed }, before) => ({
      new: fresh,
      returning: stayed,
      resurrected: active - fresh - stayed,
      dormant: present[before]!.active - stayed,
    }));
    return { read, positions };
  }
}
