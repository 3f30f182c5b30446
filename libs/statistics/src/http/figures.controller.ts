import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Endpoint, type Exchange } from '#platform';
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

const headers = { 'Tidemark-Source': 'always' } as const;
const scope = 'statistics:read';
const WHOLE = 'Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500.';

type Asking<Query extends z.ZodObject> = Exchange<{ query: Query }>;

/** Figures over time, counted in Postgres when they are asked for. */
@ApiTags('statistics')
@Controller('api/v3/statistics')
export class FiguresController {
  constructor(private readonly queries: QueryBus) {}

  @Get('active-users/series')
  @Endpoint({
    id: 'seriesOfActiveUsers',
    summary: 'How many users were active in each interval',
    description: `Distinct users with an activity in it, of one workspace or of all. ${WHOLE}`,
    scope,
    query: SeriesQuery,
    heavy: true,
    problems: ['not-found'],
    answers: { 200: { body: ActiveUsersSeriesAnswer, headers } },
  })
  async activeUsers({ caller: { environment }, query, reply }: Asking<typeof SeriesQuery>) {
    const intervals = askedIntervals(query);
    const of = { environment, workspace: query.workspace };
    const counts = await this.queries.execute(new ActiveUsersSeries(of, intervals));
    return counted(
      reply,
      counts.map((activeUsers, at) => ({ start: iso(intervals.starts[at]!), activeUsers })),
    );
  }

  @Get('engagement')
  @Endpoint({
    id: 'getEngagement',
    summary: 'How many users were active on a day, and in the 7 and 30 days that end with it',
    description: 'Distinct users. `stickiness` is dau ÷ mau to four places, 0 where there is no mau.',
    scope,
    query: EngagementQuery,
    heavy: true,
    answers: { 200: { body: EngagementAnswer, headers } },
  })
  async engagement({ caller, query, reply }: Asking<typeof EngagementQuery>) {
    const { on, tz } = query;
    const day = on ?? dateAt(Date.now(), tz);
    return counted(reply, await this.queries.execute(new Engagement(caller.environment, day, tz)));
  }

  @Get('activities')
  @Endpoint({
    id: 'seriesOfActivities',
    summary: 'How many activities there are in each interval',
    description: `With \`group\` also of what: \`key\` is null for those in no workspace. ${WHOLE}`,
    scope,
    query: ActivitySeriesQuery,
    heavy: true,
    problems: ['not-found'],
    answers: { 200: { body: ActivitySeriesAnswer, headers } },
  })
  async activities({ caller: { environment }, query, reply }: Asking<typeof ActivitySeriesQuery>) {
    const intervals = askedIntervals(query);
    const { workspace, type, group } = query;
    const counts = await this.queries.execute(new ActivitySeries({ environment, workspace, type }, intervals, group));
    return counted(reply, {
      total: counts.reduce((sum, { count }) => sum + count, 0),
      intervals: counts.map((interval, at) => ({ start: iso(intervals.starts[at]!), ...interval })),
    });
  }

  @Get('top')
  @Endpoint({
    id: 'listTop',
    summary: 'The types, workspaces or users with the most activities in the window that ends now',
    description: 'Most first. Workspaces and users that are gone count as before, without a name.',
    scope,
    query: TopQuery,
    heavy: true,
    answers: { 200: { body: TopAnswer, headers } },
  })
  async top({ caller, query: { window, ...of }, reply }: Asking<typeof TopQuery>) {
    return counted(reply, await this.queries.execute(new Top(caller.environment, Date.now() - window.ms, of)));
  }

  @Get('retention')
  @Endpoint({
    id: 'getRetention',
    summary: 'How many users come back, by the interval of their first activity ever',
    description: `\`returned\` begins with the cohort's own interval and ends with the last. ${WHOLE}`,
    scope,
    query: RetentionQuery,
    heavy: true,
    answers: { 200: { body: RetentionAnswer, headers } },
  })
  async retention({ caller, query, reply }: Asking<typeof RetentionQuery>) {
    const intervals = askedIntervals(query);
    const cohorts = await this.queries.execute(new Retention(caller.environment, intervals));
    return counted(
      reply,
      cohorts.map((cohort, at) => ({ cohort: iso(intervals.starts[at]!), ...cohort })),
    );
  }

  @Get('lifecycle')
  @Endpoint({
    id: 'getLifecycle',
    summary: 'Who is new in each interval, who stays, who comes back and who stays away',
    description: `New: for the first time ever. Returning: also in the interval before. Resurrected: after a gap. Dormant: in the interval before and not in this one. ${WHOLE}`,
    scope,
    query: LifecycleQuery,
    heavy: true,
    answers: { 200: { body: LifecycleAnswer, headers } },
  })
  async lifecycle({ caller, query, reply }: Asking<typeof LifecycleQuery>) {
    const intervals = askedIntervals(query);
    const stages = await this.queries.execute(new Lifecycle(caller.environment, withTheOneBefore(intervals, query)));
    return counted(
      reply,
      stages.map((stage, at) => ({ start: iso(intervals.starts[at]!), ...stage })),
    );
  }
}

const iso = (moment: number) => new Date(moment).toISOString();

function counted<Figures>(reply: Exchange['reply'], figures: Figures): Figures {
  void reply.header('tidemark-source', 'postgres');
  return figures;
}
