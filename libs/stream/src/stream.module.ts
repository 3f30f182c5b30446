import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { DirectoryModule } from '#registry';
import { StreamController } from './http/stream.controller.js';
import { StreamTicketsController } from './http/stream-tickets.controller.js';
import { CatchUp } from './catch-up.js';
import { DeletionWatch } from './deletion-watch.js';
import { StreamHub } from './hub/stream-hub.js';
import { OpenStreams } from './open-streams.js';
import { StreamGateway } from './stream-gateway.js';
import { StreamPast } from './stream-past.js';
import { Subscriptions } from './subscriptions.js';
import { StreamTickets } from './tickets.js';

/** The live stream: its routes, and the tickets that open it. */
@Module({
  imports: [DirectoryModule],
  controllers: [StreamController, StreamTicketsController],
  providers: [StreamGateway, OpenStreams, Subscriptions, CatchUp, StreamPast, StreamHub, DeletionWatch, StreamTickets],
})
export class StreamModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly tickets: StreamTickets,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.decorate('ticketHolder', (ticket: string) => this.tickets.holder(ticket));
  }
}
