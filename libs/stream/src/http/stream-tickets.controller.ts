import { Controller, Header, Inject, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Caller, checkedQuery, Endpoint } from '#platform';
import { type IssuedTicket, IssueStreamTicket } from '../commands/issue-stream-ticket.js';
import { NoQuery, Ticket } from './stream.input.js';

@ApiTags('stream')
@Controller('api/v3/stream-tickets')
export class StreamTicketsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Endpoint({
    id: 'issueStreamTicket',
    summary:
      'A ticket that opens one stream, again and again, in place of the token: for browsers, which cannot send headers there',
    description: "A browser's EventSource then opens the stream with `?ticket=`.",
    scope: 'activities:read',
    answers: { 201: { body: Ticket, headers: { 'Cache-Control': 'always' } } },
  })
  issue(@Caller() caller: Caller, @Query(checkedQuery(NoQuery)) _query: object): Promise<IssuedTicket> {
    return this.commands.execute(new IssueStreamTicket(caller));
  }
}
