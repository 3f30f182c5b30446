import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '#platform';
import { type Connection } from './connection.js';
import { type Format } from './formats.js';
import { StreamHub } from './hub/stream-hub.js';
import { type Sought, StreamPast } from './stream-past.js';
import { type StreamRequest } from './stream-request.js';
import { resumedStreams } from './stream-metrics.js';
import { type Source, Subscription } from './subscription.js';

/** What a client that goes on listening asks for. */
export interface LiveRequest extends StreamRequest {
  readonly format: Format;
}

/** Subscribes clients from where their streams begin. */
@Injectable()
export class Subscriptions {
  private readonly source: Source;

  constructor(
    hub: StreamHub,
    private readonly past: StreamPast,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.source = {
      hub,
      readPast: (range, wanted, client) => past.read(range, wanted, client),
      failed(err, client) {
        logger.warn({ err }, 'a stream ends since its past cannot be read');
        client.end();
      },
    };
  }

  /** What subscribes, at once, from where the stream begins. Rejects when the views are not there or Postgres is down. */
  async prepare(request: LiveRequest, connection: Connection): Promise<() => Subscription> {
    const sought = await this.past.seek(request, connection);
    return () => this.subscribe(sought, connection);
  }

  private subscribe({ request, positions, start }: Sought<LiveRequest>, connection: Connection): Subscription {
    if (start.named !== undefined) resumedStreams.inc();
    return new Subscription({ ...request, positions }, start, connection, this.source);
  }
}
