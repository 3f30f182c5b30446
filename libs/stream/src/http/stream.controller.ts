import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type ActivityOwner } from '#activities';
import { Endpoint, type Exchange, type Parts } from '#platform';
import { formatFor, listFor } from '../formats.js';
import { StreamGateway } from '../stream-gateway.js';
import { CAUGHT_UP_HEADERS, ResumeHeaders, Streamed, StreamQuery, UserPath, WorkspacePath } from './stream.input.js';

// The gateway takes the reply over, and a parameter `@Res()` is how Nest is told to send nothing.
type Streaming<Of extends Parts = object> = Exchange<Of & { query: typeof StreamQuery; headers: typeof ResumeHeaders }>;

const SUMMARY = 'activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson';

const USUAL_LIMIT = 1_000;

/** What all streams take and answer. */
const STREAM = {
  description:
    'It begins with the position where it is, and goes on until the token expires or the connection is an hour old; ' +
    'Last-Event-ID resumes behind a position with nothing missing and nothing twice. With `wait` or `limit` it is no stream: ' +
    'one answer has what stands behind the position, as JSON or as lines, and Tidemark-Position is where the next goes on.',
  scope: 'activities:read',
  ticket: true,
  query: StreamQuery,
  headers: ResumeHeaders,
  answers: { 200: { body: Streamed, headers: { 'Cache-Control': 'always', ...CAUGHT_UP_HEADERS } } },
  problems: ['overloaded', 'unknown-position'],
} as const;

@ApiTags('stream')
@Controller('api/v3')
export class StreamController {
  constructor(private readonly gateway: StreamGateway) {}

  @Get('users/:user_id/stream')
  @Endpoint({ ...STREAM, id: 'streamUserActivities', summary: `A user's ${SUMMARY}`, path: UserPath })
  async user(exchange: Streaming<{ path: typeof UserPath }>, @Res() reply: FastifyReply): Promise<void> {
    await this.open(exchange, reply, { userId: exchange.path.user_id });
  }

  @Get('workspaces/:id/stream')
  @Endpoint({ ...STREAM, id: 'streamWorkspaceActivities', summary: `A workspace's ${SUMMARY}`, path: WorkspacePath })
  async workspace(exchange: Streaming<{ path: typeof WorkspacePath }>, @Res() reply: FastifyReply): Promise<void> {
    await this.open(exchange, reply, { workspaceId: exchange.path.id });
  }

  @Get('stream')
  @Endpoint({ ...STREAM, id: 'streamActivities', summary: `An environment's ${SUMMARY}` })
  async environment(exchange: Streaming, @Res() reply: FastifyReply): Promise<void> {
    await this.open(exchange, reply, {});
  }

  private async open(
    { caller, query, headers, request }: Streaming,
    reply: FastifyReply,
    part: Omit<ActivityOwner, 'environment'>,
  ): Promise<void> {
    const target = { environment: caller.environment, ...part };
    const { types, since, lastEventId, after, wait, limit } = query;
    const named = { 'Last-Event-ID': headers['Last-Event-ID'], lastEventId, after };
    const [positionFrom, position] = Object.entries(named).find(([, value]) => value) ?? [];
    const asked = { target, types, since, position };
    const { accept } = request.headers;
    if (wait === undefined && limit === undefined)
      return this.gateway.open({ ...asked, format: formatFor(accept) }, caller, reply);
    const list = listFor(accept);
    const taken = { ...asked, positionFrom, limit: limit ?? USUAL_LIMIT };
    const caughtUp = await this.gateway.catchUp(taken, caller, reply, wait ?? 0);
    await reply
      .header('tidemark-position', caughtUp.position)
      .header('tidemark-up-to-date', String(caughtUp.upToDate))
      .type(list.mediaType)
      .send(list.of(caughtUp.activities));
  }
}
