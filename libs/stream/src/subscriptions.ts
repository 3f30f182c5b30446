import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Position } from '#event-sourcing';
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
// Views that fell back in a crash of Postgres come again as soon as their projector goes on.
const COMING_AGAIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

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
    if (position !== undefined) return this.startAt(position, sought, connection);
    if (since === undefined) return {};
    const partitions = this.hub.partitionsOf(target);
    const ends = this.hub.deliveredPositions(partitions);
    await this.shown(partitions.first, ends, connection);
    const from = await this.pastReads.run(target.environment, async () =>
      connection.isOpen ? positionsAt(this.postgres, since - CLOCK_SKEW_MS, partitions.first, ends) : ends,
    );
    return { since, from };
  }

  private async startAt(named: string, { target, positions: ids }: Sought, connection: Connection): Promise<Start> {
    const wanted = ids.parse(named);
    if (!wanted) return { reset: 'malformed-position' };
    const { first, positions } = wanted;
    const partitions = this.hub.partitionsOf(target);
    if (first !== partitions.first || positions.length !== partitions.count) {
      return { reset: 'position-of-another-stream' };
    }
    const delivered = this.hub.deliveredPositions(partitions);
    // Where the views are behind this hub, to resume would silently skip what they still lack.
    const asked = positions.map((position, at) => Math.max(position, delivered[at] ?? 0));
    const isKnown = await this.shown(first, asked, connection);
    return isKnown ? { from: positions, named } : { reset: 'unknown-position' };
  }

  /** Whether the views come to these positions, of the partitions from `first` on, while they may be coming there again. */
  private async shown(first: number, positions: readonly Position[], connection: Connection): Promise<boolean> {
    const deadline = performance.now() + COMING_AGAIN_MS;
    for (;;) {
      const checkpoints = await this.hub.look();
      if (positions.every((position, at) => position <= (checkpoints.get(first + at) ?? 0))) return true;
      if (performance.now() > deadline || !connection.isOpen) return false;
      await pause(LOOK_EVERY_MS);
    }
  }
}
