import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller, checkedPath, checkedQuery, checkInput, Endpoint, linkTo, NDJSON } from '#platform';
import { AppendActivities } from '../commands/append-activities.js';
import { namer } from '../ingestion/ids.js';
import { CLOUDEVENTS_BATCH, itemsOf } from '../ingestion/request-items.js';
import { ActiveWorkspaces } from '../queries/active-workspaces.js';
import { CountActivities } from '../queries/count-activities.js';
import { PublishedActivity } from '../queries/published-activity.js';
import { UserFeed } from '../queries/user-feed.js';
import { IncomingActivities, TakenActivities } from './activities.body.js';
import {
  ActiveWorkspacesQuery,
  AppendHeaders,
  CountQuery,
  FeedQuery,
  formatCursor,
  UserPath,
} from './activities.input.js';

type UserId = z.output<typeof UserPath>;

const ShownWorkspace = z.object({
  id: z.int(),
  name: z.string(),
  role: z.string().nullable(),
  activities: z.int(),
  lastActiveOn: z.iso.datetime(),
});

@ApiTags('activities')
@Controller('api/v3')
export class ActivitiesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post('activities')
  @Endpoint({
    id: 'appendActivities',
    summary: 'Take activities into the log: one, an array, lines or a batch of events',
    scope: 'activities:write',
    status: 202,
    body: IncomingActivities,
    consumes: ['application/json', NDJSON, CLOUDEVENTS_BATCH],
    answer: TakenActivities,
    problems: ['too-large', 'unsupported-media-type', 'invalid-body', 'overloaded'],
  })
  async append(
    @Caller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const headers = checkInput('header', AppendHeaders, request.headers);
    const items = itemsOf(mediaTypeOf(request), body);
    const nameItem = namer(caller.subject, headers['idempotency-key'], body);
    const command = new AppendActivities(caller.environment, items, nameItem, headers['tidemark-lane']);
    const taken = await this.commands.execute(command);
    if (taken.accepted === 0 && taken.rejected.length > 0) void reply.status(422);
    return taken;
  }

  @Get('users/:user_id/activities')
  @Endpoint({
    id: 'listActivities',
    summary: "A user's activities, latest first",
    scope: 'activities:read',
    path: UserPath,
    query: FeedQuery,
    answer: z.array(PublishedActivity),
    problems: ['not-found'],
  })
  async feed(
    @Caller() { environment }: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Query(checkedQuery(FeedQuery)) { limit, after, ...filters }: z.output<typeof FeedQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.queries.execute(new UserFeed(environment, user_id, filters, limit, after));
    if (page.next) void reply.header('link', `<${linkTo(request, { after: formatCursor(page.next) })}>; rel="next"`);
    return page.activities;
  }

  @Get('users/:user_id/activities/count')
  @Endpoint({
    id: 'countActivities',
    summary: 'How many activities a user has',
    scope: 'activities:read',
    path: UserPath,
    query: CountQuery,
    answer: z.object({ count: z.int() }),
    problems: ['not-found'],
  })
  async count(
    @Caller() { environment }: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Query(checkedQuery(CountQuery)) filters: z.output<typeof CountQuery>,
  ) {
    return { count: await this.queries.execute(new CountActivities(environment, user_id, filters)) };
  }

  @Get('users/:user_id/activeworkspaces')
  @Endpoint({
    id: 'listActiveWorkspaces',
    summary: 'The workspaces that a user was active in, latest first',
    scope: 'workspaces:read',
    path: UserPath,
    query: ActiveWorkspacesQuery,
    answer: z.array(ShownWorkspace),
    problems: ['not-found'],
  })
  async activeWorkspaces(
    @Caller() { environment }: Caller,
    @Param(checkedPath(UserPath)) { user_id }: UserId,
    @Query(checkedQuery(ActiveWorkspacesQuery)) { window }: z.output<typeof ActiveWorkspacesQuery>,
  ) {
    const active = await this.queries.execute(new ActiveWorkspaces(environment, user_id, Date.now() - window.ms));
    return active.map(({ id, name, role, activities, lastActiveAt }) => {
      return { id, name, role, activities, lastActiveOn: new Date(lastActiveAt).toISOString() };
    });
  }
}

function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
}
