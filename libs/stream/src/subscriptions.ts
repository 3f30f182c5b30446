import { Inject, Injectable } from '@nestjs/common';
import { positionsAt, readPast } from '#activities';
import { FairSemaphore, LOGGER, type Logger, Postgres } from '#platform';
import { Keyring } from '#registry';
import { type Connection } from './connection.js';
import { StreamHub } from './hub/stream-hub.js';
import { Positions } from './positions.js';
import { type StreamRequest } from './stream-request.js';
import { type Start, Subscription } from './subscription.js';

const PAST_PAGE = 200;
// Clients that return after a failure must not take all connections to Postgres from live streams.
const PAST_READERS = 4;
const PAST_READERS_OF_ONE = 2;
// The clocks of the log's brokers differ; the search begins so much earlier and the exact time is asked of each row.
const CLOCK_SKEW_MS = 60_000;

/** A request with what its positions are read and written by. */
interface Sought extends StreamRequest {
  readonly positions: Positions;
}

/** Finds where streams begin, and reads their past for them. */
@Injectable()
export class Subscriptions {
  private readonly pastReads = new FairSemaphore(PAST_READERS, PAST_READERS_OF_ONE);

  constructor(
    private readonly hub: StreamHub,
    private readonly postgres: Postgres,
    private readonly keyring: Keyring,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What subscribes, at once, from where the stream begins. Rejects when the views are not there or Postgres is down. */
  async prepare(request: StreamRequest, connection: Connection): Promise<() => Subscription> {
    await this.hub.ready();
    const sought = { ...request, positions: await Positions.of(request.target.environment, this.keyring) };
    const start = await this.startOf(sought, connection);
    return () => this.subscribe(sought, start, connection);
  }

  private subscribe(sought: Sought, start: Start, connection: Connection): Subscription {
    const { environment } = sought.target;
    return new Subscription(sought, start, connection, {
      hub: this.hub,
      readPast: (range, wanted) =>
        this.pastReads.run(environment, async () =>
          // Nothing is read for a client that is gone.
          connection.isOpen ? readPast(this.postgres, range, wanted, PAST_PAGE) : { messages: [], next: range.to },
        ),
      failed: (err) => {
        this.logger.warn({ err }, 'a stream ends since its past cannot be read');
        connection.end();
      },
    });
  }

  private async startOf(sought: Sought, connection: Connection): Promise<Start> {
    const { target, position, since } = sought;
    if (position !== undefined) return this.startAt(position, sought);
    if (since === undefined) return {};
    const partitions = this.hub.partitionsOf(target);
    const ends = this.hub.deliveredPositions(partitions);
    const from = await this.pastReads.run(target.environment, async () =>
      connection.isOpen ? positionsAt(this.postgres, since - CLOCK_SKEW_MS, partitions.first, ends) : ends,
    );
    return { since, from };
  }

  private async startAt(named: string, { target, positions: ids }: Sought): Promise<Start> {
    const wanted = ids.parse(named);
    if (!wanted) return { reset: 'malformed-position' };
    const { first, positions } = wanted;
    const partitions = this.hub.partitionsOf(target);
    if (first !== partitions.first || positions.length !== partitions.count) {
      return { reset: 'position-of-another-stream' };
    }
    const delivered = this.hub.deliveredPositions(partitions);
    const checkpoints = await this.hub.look();
    // Views that are being rebuilt are behind this hub: resuming there would silently skip what they still lack.
    const known = positions.every((at, i) => Math.max(at, delivered[i] ?? 0) <= (checkpoints.get(first + i) ?? 0));
    return known ? { from: positions, named } : { reset: 'unknown-position' };
  }
}
