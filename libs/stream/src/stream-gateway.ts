import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '#platform';
import { Connection } from './connection.js';
import { DeletionWatch, gone } from './deletion-watch.js';
import { OpenStreams } from './open-streams.js';
import { streamKey, type StreamRequest } from './stream-request.js';
import { Subscriptions } from './subscriptions.js';
import { StreamTickets } from './tickets.js';

/** Opens streams, which end with the client, the token, the user, the workspace or the process. */
@Injectable()
export class StreamGateway {
  constructor(
    private readonly streams: OpenStreams,
    private readonly deletions: DeletionWatch,
    private readonly subscriptions: Subscriptions,
    private readonly tickets: StreamTickets,
  ) {}

  /** Takes over the reply. Throws `not-found`, `unauthorized`, `overloaded` or `unavailable` before the first byte. */
  async open(request: StreamRequest, caller: Caller, reply: FastifyReply): Promise<void> {
    const { target, format } = request;
    const leave = this.streams.enter(target.environment);
    const connection = new Connection(reply);
    const watch = this.deletions.watch(target, () => connection.end());
    const release = () => {
      watch.stop();
      leave();
    };
    try {
      await this.deletions.requireTarget(target);
      const subscribe = await this.subscriptions.prepare(request, connection);
      // After all checks, since a request that is refused must not use a ticket up.
      if (caller.ticket !== undefined) await this.tickets.use(caller.ticket, streamKey(request));
      // Nothing is awaited from here to the first byte.
      if (watch.gone) throw gone(target);
      this.streams.serve(connection, format);
      const subscription = subscribe();
      // Its place is free again when nothing is done for it any more.
      void connection.closed.then(() => subscription.leave()).then(release);
      connection.open(format.mediaType, subscription.opening(), this.streams.endingOf(format, caller));
      subscription.begin();
    } catch (error) {
      release();
      throw error;
    }
  }
}
