import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '#platform';
import { CatchUp, type CatchUpRequest, type CaughtUp, type Patience } from './catch-up.js';
import { Connection } from './connection.js';
import { DeletionWatch, gone } from './deletion-watch.js';
import { OpenStreams } from './open-streams.js';
import { streamKey, type StreamRequest } from './stream-request.js';
import { type LiveRequest, Subscriptions } from './subscriptions.js';
import { StreamTickets } from './tickets.js';

/** Opens streams, which end with the client, the token, the user, the workspace or the process. */
@Injectable()
export class StreamGateway {
  constructor(
    private readonly streams: OpenStreams,
    private readonly deletions: DeletionWatch,
    private readonly subscriptions: Subscriptions,
    private readonly catchingUp: CatchUp,
    private readonly tickets: StreamTickets,
  ) {}

  /** Takes over the reply. Throws `not-found`, `unauthorized`, `overloaded` or `unavailable` before the first byte. */
  async open(request: LiveRequest, caller: Caller, reply: FastifyReply): Promise<void> {
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
      await this.useTicket(request, caller);
      // Nothing is awaited from here to the first byte.
      if (watch.gone) throw gone(target);
      if (this.streams.stopping.aborted) {
        this.streams.turnAway(connection, format);
        return release();
      }
      this.streams.serve(connection, format, caller);
      const subscription = subscribe();
      // Its place is free again when nothing is done for it any more.
      connection.onClose(() => void subscription.leave().then(release));
      connection.open(format.mediaType, subscription.opening());
      subscription.begin();
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * What stands behind a position, at once or as soon as there is something within `wait` milliseconds, the token's time and
   * that of the process. Throws as `open` does, and `unknown-position`.
   */
  async catchUp(request: CatchUpRequest, caller: Caller, reply: FastifyReply, wait: number): Promise<CaughtUp> {
    const { target } = request;
    const leave = this.streams.enter(target.environment);
    const deleted = new AbortController();
    const watch = this.deletions.watch(target, () => deleted.abort());
    // Before anything is awaited, so that a client that leaves meanwhile is noticed.
    const patience = this.patienceOf(reply, Math.min(wait, caller.expiresAt - Date.now()), deleted.signal);
    try {
      await this.deletions.requireTarget(target);
      const sought = await this.catchingUp.seek(request, patience);
      await this.useTicket(request, caller);
      const answer = await this.catchingUp.answer(sought, patience);
      if (watch.gone) throw gone(target);
      return answer;
    } finally {
      watch.stop();
      leave();
    }
  }

  /** After all checks, since a request that is refused must not use a ticket up. */
  private async useTicket(request: StreamRequest, { ticket }: Caller): Promise<void> {
    if (ticket !== undefined) await this.tickets.use(ticket, streamKey(request));
  }

  private patienceOf({ raw }: FastifyReply, wait: number, deleted: AbortSignal): Patience {
    const left = new AbortController();
    raw.once('close', () => left.abort());
    if (raw.destroyed) left.abort();
    const timeout = AbortSignal.timeout(Math.max(0, wait));
    return {
      over: AbortSignal.any([timeout, deleted, left.signal, this.streams.stopping]),
      get isOpen() {
        return !raw.destroyed;
      },
    };
  }
}
