import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PositionHeader, windowParameter } from '#activities';
import { Endpoint, entityId, type Exchange } from '#platform';
import { ActiveUsers } from '../queries/active-users.js';

const WindowQuery = z.strictObject({ window: windowParameter('5m') });

const ActiveUsersQuery = WindowQuery.extend({ workspace: entityId.optional() });

const ActiveUsersAnswer = z
  .object({ activeUsers: z.int().min(0), window: z.string(), asOf: z.iso.datetime({ precision: 3 }) })
  .meta({ id: 'ActiveUsers', examples: [{ activeUsers: 2, window: '5m', asOf: '2026-11-22T05:59:01.030Z' }] });

const ActiveUsersFigureV2 = z.object({ activeUsers: z.int().min(0) }).meta({ id: 'ActiveUsersFigureV2' });

const ActiveUsersV2 = z
  .object({ status: z.literal('ok'), data: ActiveUsersFigureV2 })
  .meta({ id: 'ActiveUsersV2', examples: [{ status: 'ok', data: { activeUsers: 2 } }] });

const headers = { 'Tidemark-Source': 'always', 'Tidemark-Position': 'always' } as const;

@ApiTags('statistics')
@Controller('api')
export class StatisticsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly positionHeader: PositionHeader,
  ) {}

  @Get('v2/usage-statistics/active-users')
  @Endpoint({
    id: 'countActiveUsersV2',
    summary: 'How many users are active now',
    description: 'Distinct users with an activity in the window.',
    scope: 'statistics:read',
    query: WindowQuery,
    problems: ['overloaded'],
    answers: { 200: { body: ActiveUsersV2, headers } },
  })
  async activeUsersV2(exchange: Exchange<{ query: typeof WindowQuery }>) {
    const activeUsers = await this.count(exchange, Date.now());
    return { status: 'ok', data: { activeUsers } };
  }

  @Get('v3/statistics/active-users')
  @Endpoint({
    id: 'countActiveUsers',
    summary: 'How many users were active in the window that ends now',
    description: 'Distinct users with an activity in the window, of one workspace or of all. Exact, not estimated.',
    scope: 'statistics:read',
    query: ActiveUsersQuery,
    problems: ['not-found', 'overloaded'],
    answers: { 200: { body: ActiveUsersAnswer, headers } },
  })
  async activeUsers(exchange: Exchange<{ query: typeof ActiveUsersQuery }>) {
    const { window, workspace } = exchange.query;
    const now = Date.now();
    const activeUsers = await this.count(exchange, now, workspace);
    return { activeUsers, window: window.text, asOf: new Date(now).toISOString() };
  }

  private async count(exchange: Exchange<{ query: typeof WindowQuery }>, now: number, workspace?: number) {
    const { caller, query, request, reply } = exchange;
    const turn = () => request.takeTurn('long');
    const question = new ActiveUsers(caller.environment, now - query.window.ms, workspace, turn);
    const { read: activeUsers, positions, source } = await this.queries.execute(question);
    await this.positionHeader.add(exchange, positions);
    void reply.header('tidemark-source', source);
    return activeUsers;
  }
}
