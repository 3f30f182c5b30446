import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';
import { type ActivityOwner } from '#activities';
import { Caller, checkedPath, checkedQuery, Endpoint } from '#platform';
import { formatFor } from '../formats.js';
import { StreamGateway } from '../stream-gateway.js';
import { type StreamRequest } from '../stream-request.js';
import { ResumeHeaders, Streamed, StreamPath, StreamQuery } from './stream.input.js';

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
  async user(
    @Caller() caller: Caller,
    @Param(checkedPath(StreamPath)) { user_id: userId }: z.output<typeof StreamPath>,
    @Query(checkedQuery(StreamQuery)) query: z.output<typeof StreamQuery>,
    @Headers() headers: Record<string, string | undefined>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const target = { environment: caller.environment, userId };
    await this.gateway.open(requestOf(target, query, headers), caller, reply);
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
  async environment(
    @Caller() caller: Caller,
    @Query(checkedQuery(StreamQuery)) query: z.output<typeof StreamQuery>,
    @Headers() headers: Record<string, string | undefined>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.gateway.open(requestOf({ environment: caller.environment }, query, headers), caller, reply);
  }
}

function requestOf(
  target: ActivityOwner,
  { types, since, lastEventId, after }: z.output<typeof StreamQuery>,
  headers: Record<string, string | undefined>,
): StreamRequest {
  const position = headers['last-event-id'] || (lastEventId ?? after);
  return { target, types, since, position, format: formatFor(headers.accept) };
}
