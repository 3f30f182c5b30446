import { Controller, Get } from '@nestjs/common';
import { type Query, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { PositionHeader } from '#activities';
import { Endpoint, type Exchange } from '#platform';
import { type AsOf } from '#projections';
import { dateAt } from '../intervals.js';
import { ActiveUsersSeries } from '../queries/active-users-series.js';
import { ActivitySeries } from '../queries/activity-series.js';
import { Engagement } from '../queries/engagement.js';
import { Lifecycle } from '../queries/lifecycle.js';
import { Retention } from '../queries/retention.js';
import { Top } from '../queries/top.js';
import { askedIntervals, withTheOneBefore } from './asked-intervals.js';
import {
  ActiveUsersSeriesAnswer,
  ActivitySeriesAnswer,
  EngagementAnswer,
  LifecycleAnswer,
  RetentionAnswer,
  TopAnswer,
} from './figures.answers.js';
import {
  ActivitySeriesQuery,
  EngagementQuery,
  LifecycleQuery,
  RetentionQuery,
  SeriesQuery,
  TopQuery,
} from './figures.input.js';

const headers = { 'Tidemark-Source': 'always', 'Tidemark-Position': 'always' } as const;
const scope = 'statistics:read';
const WHOLE = 'Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500.';

type Asking<Schema extends z.ZodObject> = Exchange<{ query: Schema }>;

/** Figures over time, counted in Postgres when they are asked for. */
@ApiTags('statistics')
@Controller('api/v3/statistics')
export class FiguresController {
  constructor(
    private readonly queries: QueryBus,
    private readonly positionHeader: PositionHeader,
  ) {}

  @Get('active-users/series')
  @Endpoint({
    id: 'seriesOfActiveUsers',
    summary: 'How many users were active in each interval',
    description: `Distinct users with an activity in it, of one workspace or of all. ${WHOLE}`,
    scope,
    query: SeriesQuery,
    heavy: 'long',
    problems: ['not-found'],
    answers: { 200: { body: ActiveUsersSeriesAnswer, headers } },
  })
  async activeUsers(exchange: Asking<typeof SeriesQuery>) {
    const { caller, query } = exchange;
    const intervals = askedIntervals(query);
    const of = { environment: caller.environment, workspace: query.workspace };
    const counts = await this.count(exchange, new ActiveUsersSeries(of, intervals));
    return counts.map((activeUsers, at) => ({ start: iso(intervals.starts[at]!), activeUsers }));
  }

  @Get('engagement')
  @Endpoint({
    id: 'getEngagement',
    summary: 'How many users were active on a day, and in the 7 and 30 days that end with it',
    description: 'Distinct users. `stickiness` is dau ÷ mau to four places, 0 where there is no mau.',
    scope,
    query: EngagementQuery,
    heavy: 'long',
    answers: { 200: { body: EngagementAnswer, headers } },
  })
  async engagement(exchange: Asking<typeof EngagementQuery>) {
    const { on, tz } = exchange.query;
    const day = on ?? dateAt(Date.now(), tz);
    return this.count(exchange, new Engagement(exchange.caller.environment, day, tz));
  }

  @Get('activities')
  @Endpoint({
    id: 'seriesOfActivities',
    summary: 'How many activities there are in each interval',
    description: `With \`group\` also of what: \`key\` is null for those in no workspace. ${WHOLE}`,
    scope,
    query: ActivitySeriesQuery,
    heavy: 'long',
    problems: ['not-found'],
    answers: { 200: { body: ActivitySeriesAnswer, headers } },
  })
  async activities(exchange: Asking<typeof ActivitySeriesQuery>) {
    const { environment } = exchange.caller;
    const { workspace, type, group } = exchange.query;
    const intervals = askedIntervals(exchange.query);
    const counts = await this.count(exchange, new ActivitySeries({ environment, workspace, type }, intervals, group));
    return {
      total: counts.reduce((sum, { count }) => sum + count, 0),
      intervals: counts.map((interval, at) => ({ start: iso(intervals.starts[at]!), ...interval })),
    };
  }

  @Get('top')
  @Endpoint({
    id: 'listTop',
    summary: 'The types, workspaces or users with the most activities in the window that ends now',
    description: 'Most first. Workspaces and users that are gone count as before, without a name.',
    scope,
    query: TopQuery,
    heavy: 'long',
    answers: { 200: { body: TopAnswer, headers } },
  })
  async top(exchange: Asking<typeof TopQuery>) {
    const { window, ...of } = exchange.query;
    return this.count(exchange, new Top(exchange.caller.environment, Date.now() - window.ms, of));
  }

  @Get('retention')
  @Endpoint({
    id: 'getRetention',
    summary: 'How many users come back, by the interval of their first activity ever',
    description: `\`returned\` begins with the cohort's own interval and ends with the last. ${WHOLE}`,
    scope,
    query: RetentionQuery,
    heavy: 'long',
    answers: { 200: { body: RetentionAnswer, headers } },
  })
  async retention(exchange: Asking<typeof RetentionQuery>) {
    const { caller, query } = exchange;
    const intervals = askedIntervals(query);
    const cohorts = await this.count(exchange, new Retention(caller.environment, intervals));
    return cohorts.map((cohort, at) => ({ cohort: iso(intervals.starts[at]!), ...cohort }));
  }

  @Get('lifecycle')
  @Endpoint({
    id: 'getLifecycle',
    summary: 'Who is new in each interval, who stays, who comes back and who stays away',
    description: `New: for the first time ever. Returning: also in the interval before. Resurrected: after a gap. Dormant: in the interval before and not in this one. ${WHOLE}`,
    scope,
    query: LifecycleQuery,
    heavy: 'long',
    answers: { 200: { body: LifecycleAnswer, headers } },
  })
  async lifecycle(exchange: Asking<typeof LifecycleQuery>) {
    const { caller, query } = exchange;
    const intervals = askedIntervals(query);
    const stages = await this.count(exchange, new Lifecycle(caller.environment, withTheOneBefore(intervals, query)));
    return stages.map((stage, at) => ({ start: iso(intervals.starts[at]!), ...stage }));
  }

  /** Answers, and says where that was counted and where the views stood. */
  private async count<Figures>(exchange: Exchange, question: Query<AsOf<Figures>>): Promise<Figures> {
    const { read, positions } = await this.queries.execute(question);
    await this.positionHeader.add(exchange, positions);
    void exchange.reply.header('tidemark-source', 'postgres');
    return read;
  }
}

const iso = (moment: number) => new Date(moment).toISOString();
