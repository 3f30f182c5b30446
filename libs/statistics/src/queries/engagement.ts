import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { countActiveFrom } from '#activities';
import { Postgres } from '#platform';
import { type AsOf } from '#projections';
import { startOfDate } from '../intervals.js';

export interface EngagementFigures {
  readonly dau: number;
  readonly wau: number;
  readonly mau: number;
  readonly stickiness: number;
}

/** How many users were active on a date of a time zone, and in the 7 and the 30 days that end with it. */
export class Engagement extends Query<AsOf<EngagementFigures>> {
  constructor(
    readonly environment: string,
    readonly on: string,
    readonly timeZone: string,
  ) {
    super();
  }
}

@QueryHandler(Engagement)
export class EngagementHandler implements IQueryHandler<Engagement> {
  constructor(private readonly postgres: Postgres) {}

  async execute({ environment, on, timeZone }: Engagement): Promise<AsOf<EngagementFigures>> {
    const [month, week, day, end] = [-29, -6, 0, 1].map((days) => startOfDate(on, timeZone, days)) as Four;
    const intervals = { starts: [month, week, day], end };
    const { read, positions } = await countActiveFrom(this.postgres, environment, intervals);
    const [mau, wau, dau] = read as Four;
    const stickiness = mau === 0 ? 0 : Math.round((dau * PLACES) / mau) / PLACES;
    return { read: { dau, wau, mau, stickiness }, positions };
  }
}

type Four = [number, number, number, number];

const PLACES = 10_000;
