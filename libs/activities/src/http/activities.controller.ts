import { Controller, Get, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Endpoint, type Exchange, linkTo, NDJSON } from '#platform';
import { Role } from '#registry';
import { AppendActivities } from '../commands/append-activities.js';
import { isEventByHeaders } from '../ingestion/event-headers.js';
import { namer } from '../ingestion/ids.js';
import { CLOUDEVENT, CLOUDEVENTS_BATCH, slicesOf } from '../ingestion/request-items.js';
import { ActiveWorkspaces } from '../queries/active-workspaces.js';
import { CountActivities } from '../queries/count-activities.js';
import { PublishedActivity } from '../queries/published-activity.js';
import { UserFeed } from '../queries/user-feed.js';
import {
  ActivityLines,
  APPENDING,
  CloudEvent,
  CloudEventBatch,
  IncomingActivities,
  RefusedActivities,
  TakenActivities,
} from './activity.schemas.js';
import { ActiveWorkspacesQuery, AppendHeaders, CountQuery, FeedQuery, UserPath } from './activities.input.js';
import { FeedCursors } from './feed-cursors.js';
import { PositionHeader } from './position-header.js';

const Feed = z.array(PublishedActivity).meta({ examples: [PublishedActivity.meta()?.examples] });

const Count = z.object({ count: z.int().min(0) }).meta({ id: 'ActivityCount', examples: [{ count: 42 }] });

const ActiveWorkspace = z
  .object({
    id: z.int().min(1),
    name: z.string(),
    role: Role.nullable().describe('null without permission.'),
    activities: z.int().min(1),
    lastActiveOn: z.iso.datetime({ precision: 3 }),
  })
  .meta({ id: 'ActiveWorkspace' });

const ActiveWorkspaceList = z.array(ActiveWorkspace).meta({
  id: 'ActiveWorkspaces',
  examples: [[{ id: 1, name: 'Tide', role: null, activities: 3, lastActiveOn: '2026-11-22T05:59:01.030Z' }]],
});

type OfUser<Query extends z.ZodObject> = Exchange<{ path: typeof UserPath; query: Query }>;

@ApiTags('activities')
@Controller('api/v3')
export class ActivitiesController {
  constructor(
    private readonly appendActivities: AppendActivities,
    private readonly queries: QueryBus,
    private readonly cursors: FeedCursors,
    private readonly positionHeader: PositionHeader,
  ) {}

  @Post('activities')
  @Endpoint({
    id: 'appendActivities',
    summary: 'Take activities into the log: one, an array, lines or events',
    description: APPENDING,
    scope: 'activities:write',
    headers: AppendHeaders,
    body: {
      'application/json': IncomingActivities,
      [NDJSON]: ActivityLines,
      [CLOUDEVENT]: CloudEvent,
      [CLOUDEVENTS_BATCH]: CloudEventBatch,
    },
    bulk: true,
    speaksByHeaders: isEventByHeaders,
    answers: {
      202: { description: 'What is accepted is on every in-sync replica of the log', body: TakenActivities },
      422: { description: 'None of them can be taken', body: RefusedActivities },
    },
  })
  async append({ caller, headers, request, body, reply }: Exchange<{ headers: typeof AppendHeaders; bulk: true }>) {
    const { environment, subject } = caller;
    const slices = await slicesOf(request, body);
    const nameItem = namer(subject, headers['Idempotency-Key'], body);
    const lane = headers['Tidemark-Lane'];
    const taken = await this.appendActivities.execute({ environment, slices, nameItem, lane });
    if (taken.accepted === 0 && taken.rejected.length > 0) void reply.status(422);
    return taken;
  }

  @Get('users/:user_id/activities')
  @Endpoint({
    id: 'listActivities',
    summary: "A user's activities, latest first",
    description: 'By when they occurred. Walk on with the Link header, which keeps the filters.',
    scope: 'activities:read',
    path: UserPath,
    query: FeedQuery,
    heavy: true,
    answers: { 200: { body: Feed, headers: { Link: 'sometimes', 'Tidemark-Position': 'always' } } },
  })
  async feed(exchange: OfUser<typeof FeedQuery>) {
    const { path, query, request, reply } = exchange;
    const { environment } = exchange.caller;
    const { limit, after, ...filters } = query;
    const place = after === undefined ? undefined : await this.cursors.parse(environment, after);
    const feed = new UserFeed(environment, path.user_id, filters, { limit, after: place });
    const { read: page, positions } = await this.queries.execute(feed);
    await this.positionHeader.add(exchange, positions);
    const next = page.next && (await this.cursors.format(environment, page.next));
    if (next) void reply.header('link', `<${linkTo(request, { after: next })}>; rel="next"`);
    return page.activities;
  }

  @Get('users/:user_id/activities/count')
  @Endpoint({
    id: 'countActivities',
    summary: 'How many activities a user has',
    description: 'With the filters of the feed.',
    scope: 'activities:read',
    path: UserPath,
    query: CountQuery,
    heavy: true,
    answers: { 200: { body: Count, headers: { 'Tidemark-Position': 'always' } } },
  })
  async count(exchange: OfUser<typeof CountQuery>) {
    const { caller, path, query } = exchange;
    const question = new CountActivities(caller.environment, path.user_id, query);
    const { read: count, positions } = await this.queries.execute(question);
    await this.positionHeader.add(exchange, positions);
    return { count };
  }

  @Get('users/:user_id/activeworkspaces')
  @Endpoint({
    id: 'listActiveWorkspaces',
    summary: 'The workspaces that a user was active in, latest first',
    description: 'With the number of activities in the window, and the role of the user where there is one.',
    scope: 'workspaces:read',
    path: UserPath,
    query: ActiveWorkspacesQuery,
    heavy: true,
    answers: { 200: { body: ActiveWorkspaceList, headers: { 'Tidemark-Position': 'always' } } },
  })
  async activeWorkspaces(exchange: OfUser<typeof ActiveWorkspacesQuery>) {
    const { caller, path, query } = exchange;
    const question = new ActiveWorkspaces(caller.environment, path.user_id, Date.now() - query.window.ms);
    const { read: active, positions } = await this.queries.execute(question);
    await this.positionHeader.add(exchange, positions);
    return active.map(({ id, name, role, activities, lastActiveAt }) => {
      return { id, name, role, activities, lastActiveOn: new Date(lastActiveAt).toISOString() };
    });
  }
}
