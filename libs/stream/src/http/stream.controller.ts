import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type ActivityOwner } from '#activities';
import { Endpoint, type Exchange, type Parts } from '#platform';
import { formatFor } from '../formats.js';
import { StreamGateway } from '../stream-gateway.js';
import { ResumeHeaders, Streamed, StreamPath, StreamQuery } from './stream.input.js';

// The gateway takes the reply over, and a parameter `@Res()` is how Nest is told to send nothing.
type Streaming<Of extends Parts = object> = Exchange<Of & { query: typeof StreamQuery; headers: typeof ResumeHeaders }>;

@ApiTags('stream')
@Controller('api/v3')
export class StreamController {
  constructor(private readonly gateway: StreamGateway) {}

  @Get('users/:user_id/stream')
  @Endpoint({
    id: 'streamUserActivities',
    summary: "A user's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson",
    description:
      'It begins with the position where it is, and goes on until the token expires or the connection is an hour old; Last-Event-ID resumes behind a position with nothing missing and nothing twice.',
    scope: 'activities:read',
    ticket: true,
    path: StreamPath,
    query: StreamQuery,
    headers: ResumeHeaders,
    answers: { 200: { body: Streamed, headers: { 'Cache-Control': 'always' } } },
    problems: ['overloaded'],
  })
  async user(exchange: Streaming<{ path: typeof StreamPath }>, @Res() reply: FastifyReply): Promise<void> {
    await this.open(exchange, reply, { environment: exchange.caller.environment, userId: exchange.path.user_id });
  }

  @Get('stream')
  @Endpoint({
    id: 'streamActivities',
    summary:
      "An environment's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson",
    description:
      'It begins with the position where it is, and goes on until the token expires or the connection is an hour old; Last-Event-ID resumes behind a position with nothing missing and nothing twice.',
    scope: 'activities:read',
    ticket: true,
    query: StreamQuery,
    headers: ResumeHeaders,
    answers: { 200: { body: Streamed, headers: { 'Cache-Control': 'always' } } },
    problems: ['overloaded'],
  })
  async environment(exchange: Streaming, @Res() reply: FastifyReply): Promise<void> {
    await this.open(exchange, reply, { environment: exchange.caller.environment });
  }

  private async open(
    { caller, query, headers, request }: Streaming,
    reply: FastifyReply,
    target: ActivityOwner,
  ): Promise<void> {
    const { types, since, lastEventId, after } = query;
    const position = headers['Last-Event-ID'] || (lastEventId ?? after);
    const format = formatFor(request.headers.accept);
    await this.gateway.open({ target, types, since, position, format }, caller, reply);
  }
}
