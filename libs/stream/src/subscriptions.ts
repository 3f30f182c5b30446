import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '#platform';
import { type Connection } from './connection.js';
import { type Format } from './formats.js';
import { StreamHub } from './hub/stream-hub.js';
import { type Sought, StreamPast } from './stream-past.js';
import { type StreamRequest } from './stream-request.js';
import { Subscription } from './subscription.js';

/** What a client that goes on listening asks for. */
export interface LiveRequest extends StreamRequest {
  readonly format: Format;
}

/** Subscribes clients from where their streams begin. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly hub: StreamHub,
    private readonly past: StreamPast,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What subscribes, at once, from where the stream begins. Rejects when the views are not there or Postgres is down. */
  async prepare(request: LiveRequest, connection: Connection): Promise<() => Subscription> {
    const sought = await this.past.seek(request, connection);
    return () => this.subscribe(sought, connection);
  }

  private subscribe({ request, positions, start }: Sought<LiveRequest>, connection: Connection): Subscription {
    return new Subscription({ ...request, positions }, start, connection, {
      hub: this.hub,
      readPast: (range, wanted) => this.past.read(range, wanted, connection),
      failed: (err) => {
        this.logger.warn({ err }, 'a stream ends since its past cannot be read');
        connection.end();
      },
    });
  }
}
