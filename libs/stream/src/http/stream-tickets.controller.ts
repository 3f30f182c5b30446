import { Controller, Header, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Endpoint, type Exchange } from '#platform';
import { StreamTickets, TICKET_SECONDS } from '../tickets.js';
import { Ticket } from './stream.input.js';

@ApiTags('stream')
@Controller('api/v3/stream-tickets')
export class StreamTicketsController {
  constructor(private readonly tickets: StreamTickets) {}

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
  async issue({ caller }: Exchange): Promise<z.output<typeof Ticket>> {
    return { ticket: await this.tickets.issue(caller), expiresIn: TICKET_SECONDS };
  }
}
