import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  type MessagePage,
  type PartitionRange,
  Positions,
  positionsAt,
  readPast,
  ViewsBehind,
  type WantedActivities,
} from '#activities';
import { type Position } from '#event-sourcing';
import { FairSemaphore, Postgres } from '#platform';
import { Keyring } from '#registry';
import { type Connection } from './connection.js';
import { StreamHub } from './hub/stream-hub.js';
import { type StreamRequest } from './stream-request.js';
import { type Start } from './subscription.js';

const PAST_PAGE = 200;
// Clients that return after a failure must not take all connections to Postgres from live streams.
const PAST_READERS = 4;
const PAST_READERS_OF_ONE = 2;
// The clocks of the log's brokers differ; the search begins so much earlier and the exact time is asked of each row.
const CLOCK_SKEW_MS = 60_000;
// Views that fell back in a crash of Postgres come again as soon as their projector goes on.
const COMING_AGAIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** A request, what its positions are read and written by, and where it begins. */
export interface Sought<Request extends StreamRequest = StreamRequest> {
  readonly request: Request;
  readonly positions: Positions;
  readonly start: Start;
}

/** Whom something is read for: nothing is, once the client is gone. */
type Reader = Pick<Connection, 'isOpen'>;

/** Finds where streams begin, and reads their past for them. */
@Injectable()
export class StreamPast {
  private readonly turns = new FairSemaphore(PAST_READERS, PAST_READERS_OF_ONE);

  constructor(
    private readonly hub: StreamHub,
    private readonly postgres: Postgres,
    private readonly keyring: Keyring,
  ) {}

  /** Rejects when the views are not there, or not any more where they were, or Postgres is down. */
  async seek<Request extends StreamRequest>(request: Request, reader: Reader): Promise<Sought<Request>> {
    await this.hub.ready();
    const positions = await Positions.of(request.target.environment, this.keyring);
    return { request, positions, start: await this.startOf(request, positions, reader) };
  }

  /** The next activities of a range that a client wants: at most `limit` of them, and at most 200. */
  read(range: PartitionRange, wanted: WantedActivities, reader: Reader, limit = PAST_PAGE): Promise<MessagePage> {
    return this.turns.run(wanted.target.environment, async () =>
      reader.isOpen
        ? readPast(this.postgres, range, wanted, Math.min(limit, PAST_PAGE))
        : { messages: [], next: range.to },
    );
  }

  private async startOf(request: StreamRequest, positions: Positions, reader: Reader): Promise<Start> {
    const { target, position, since } = request;
    if (position !== undefined) return this.startAt(position, { request, positions }, reader);
    if (since === undefined) return {};
    const partitions = this.hub.partitionsOf(target);
    const ends = this.hub.deliveredPositions(partitions);
    requireShown(ends, await this.shown(partitions.first, ends, reader));
    const from = await this.turns.run(target.environment, async () =>
      reader.isOpen ? positionsAt(this.postgres, since - CLOCK_SKEW_MS, partitions.first, ends) : ends,
    );
    return { since, from };
  }

  /** A position of an environment is one of each of its streams. */
  private async startAt(named: string, { request, positions }: Omit<Sought, 'start'>, reader: Reader): Promise<Start> {
    const said = positions.parse(named);
    if (!said) return { reset: 'malformed-position' };
    const { first, count } = this.hub.partitionsOf(request.target);
    const from = said.positions.slice(first - said.first, first - said.first + count);
    if (first < said.first || from.length !== count) return { reset: 'position-of-another-stream' };
    const delivered = this.hub.deliveredPositions({ first, count });
    // Where the views are behind this hub, to resume would silently skip what they still lack.
    const asked = furthest(from, delivered);
    const shown = await this.shown(first, asked, reader);
    if (!isShown(from, furthest(delivered, shown))) return { reset: 'unknown-position' };
    requireShown(asked, shown);
    return { from, named };
  }

  /** Where the views are, by partition from `first`: at these positions or further, or where they are after some seconds. */
  private async shown(first: number, positions: readonly Position[], reader: Reader): Promise<Position[]> {
    const deadline = performance.now() + COMING_AGAIN_MS;
    for (;;) {
      const checkpoints = await this.hub.look();
      const shown = positions.map((_, at) => checkpoints.get(first + at) ?? 0);
      if (isShown(positions, shown) || performance.now() > deadline || !reader.isOpen) return shown;
      await pause(LOOK_EVERY_MS);
    }
  }
}

const furthest = (one: readonly Position[], other: readonly Position[]) =>
  one.map((position, at) => Math.max(position, other[at] ?? 0));

const isShown = (positions: readonly Position[], shown: readonly Position[]) =>
  positions.every((position, at) => position <= (shown[at] ?? 0));

/** Views that were further come there again: so it is an outage. */
function requireShown(positions: readonly Position[], shown: readonly Position[]): void {
  if (!isShown(positions, shown)) throw new ViewsBehind('the views of activities are behind where they were');
}
