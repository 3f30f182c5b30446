import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import {
  type Caller,
  CONFIG,
  type Config,
  FairSemaphore,
  gauge,
  LOGGER,
  type Logger,
  Namespace,
  notFound,
  Notifications,
  Postgres,
  Problem,
} from '#platform';
import { Directory, Keyring } from '#registry';
import { positionsAt, readPast } from '#activities';
import { type StreamTarget, targetKey } from './stream-target.js';
import { Connection, type Ending } from './connection.js';
import { DeletionWatch } from './deletion-watch.js';
import { type Format } from './formats.js';
import { StreamHub } from './hub/stream-hub.js';
import { OpenStreams } from './open-streams.js';
import { Positions, type StreamPosition } from './positions.js';
import { type Start, Subscription } from './subscription.js';
import { StreamTickets } from './tickets.js';

const open = gauge('streams_open', 'Streams that are being served');

// Clients with a read time-out of ten seconds live on it.
const HEARTBEAT_MS = 8_000;
// Clients whose stream this ends reconnect after a random time within these bounds.
const RETRY_MS = { least: 1_000, most: 10_000 };
const PAST_PAGE = 200;
// Clients that return after a failure must not take all connections to Postgres from live streams.
const PAST_READERS = 4;
const PAST_READERS_OF_ONE = 2;
// The clocks of the log's brokers differ; the search begins so much earlier and the exact time is asked of each row.
const CLOCK_SKEW_MS = 60_000;

export interface StreamRequest {
  readonly target: StreamTarget;
  readonly types?: ReadonlySet<string>;
  readonly format: Format;
  /** The position to resume behind, as the client says it. */
  readonly position?: string;
  /** Milliseconds since the epoch, of the log's time. A position is preferred. */
  readonly since?: number;
}

interface Stream {
  readonly connection: Connection;
  readonly format: Format;
}

/** Opens streams and ends them: with the client, the token, the user or the process. */
@Injectable()
export class StreamGateway implements BeforeApplicationShutdown {
  readonly hub: StreamHub;
  readonly deletions: DeletionWatch;
  private readonly streams = new Set<Stream>();
  private readonly past = new FairSemaphore(PAST_READERS, PAST_READERS_OF_ONE);
  private readonly openStreams: OpenStreams;
  private readonly maxAgeMs: number;
  private readonly heart = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  private closing = false;

  constructor(
    private readonly postgres: Postgres,
    notifications: Notifications,
    namespace: Namespace,
    private readonly directory: Directory,
    private readonly keyring: Keyring,
    private readonly tickets: StreamTickets,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) { streams: limits }: Config,
  ) {
    this.maxAgeMs = limits.maxAge * 1_000;
    this.openStreams = new OpenStreams(limits);
    this.hub = new StreamHub({ postgres, notifications, namespace, logger });
    this.deletions = new DeletionWatch(directory, notifications, namespace);
  }

  /** Takes over the reply. Throws `not-found`, `unauthorized`, `overloaded` or `unavailable` before the first byte. */
  async open(request: StreamRequest, caller: Caller, reply: FastifyReply): Promise<void> {
    const leave = this.openStreams.enter(request.target.environment);
    const connection = new Connection(reply);
    const watch = this.deletions.watch(request.target, () => connection.end());
    try {
      await Promise.all([this.hub.ready(), this.deletions.ready()]);
      await this.requireUser(request.target);
      const positions = await Positions.of(request.target.environment, this.keyring);
      const start = await this.startOf(request, positions, connection);
      // After all checks, since a request that is refused must not use a ticket up.
      if (caller.ticket !== undefined) await this.tickets.use(caller.ticket, streamOf(request));
      // Nothing is awaited from here to the first byte.
      if (watch.gone) throw notFound('user');
      if (this.closing) throw stopping();
      const subscription = this.subscribe(request, { start, positions }, connection);
      void this.untilClosed(connection, request.format, subscription).then(() => {
        watch.stop();
        leave();
      });
      connection.open(request.format.mediaType, subscription.opening(), this.endingOf(request.format, caller));
      subscription.begin();
    } catch (error) {
      watch.stop();
      leave();
      throw error;
    }
  }

  private subscribe(
    { target, types, format }: StreamRequest,
    { start, positions }: { start: Start; positions: Positions },
    connection: Connection,
  ): Subscription {
    return new Subscription({ target, types, format, positions }, start, connection, {
      hub: this.hub,
      readPast: (range, wanted) =>
        this.inTurn(target, connection, { messages: [], next: range.to }, () =>
          readPast(this.postgres, range, wanted, PAST_PAGE),
        ),
      failed: (err) => {
        this.logger.warn({ err }, 'a stream ends since its past cannot be read');
        connection.end();
      },
    });
  }

  /** Resolves when nothing is done for the stream any more. */
  private async untilClosed(connection: Connection, format: Format, subscription: Subscription): Promise<void> {
    const stream = { connection, format };
    this.streams.add(stream);
    open.set(this.streams.size);
    await connection.closed;
    subscription.leave();
    this.streams.delete(stream);
    open.set(this.streams.size);
    await subscription.idle();
  }

  /** Limits concurrent reads of the past, fairly between environments. Reads nothing for a client that is gone. */
  private inTurn<T>(
    { environment }: StreamTarget,
    connection: Connection,
    nothing: T,
    read: () => Promise<T>,
  ): Promise<T> {
    return this.past.run(environment, async () => (connection.isOpen ? read() : nothing));
  }

  /** When the token expires, or at a random age from 75 % to 100 % of the maximum, so that clients do not all reconnect at once. */
  private endingOf(format: Format, { expiresAt }: Caller): Ending {
    const retiresAt = Date.now() + this.maxAgeMs * (1 - Math.random() / 4);
    if (expiresAt <= retiresAt) return { at: expiresAt, farewell: '' };
    return { at: retiresAt, farewell: farewell(format) };
  }

  private async requireUser({ environment, userId }: StreamTarget): Promise<void> {
    if (userId === undefined) return;
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
  }

  private async startOf(
    { target, position, since }: StreamRequest,
    ids: Positions,
    connection: Connection,
  ): Promise<Start> {
    const partitions = this.hub.partitionsOf(target);
    if (position !== undefined) return this.startAt(position, ids.parse(position), partitions);
    if (since === undefined) return {};
    const ends = this.hub.deliveredPositions(partitions);
    const from = await this.inTurn(target, connection, ends, () =>
      positionsAt(this.postgres, since - CLOCK_SKEW_MS, partitions.first, ends),
    );
    return { since, from };
  }

  private async startAt(
    named: string,
    wanted: StreamPosition | undefined,
    partitions: { first: number; count: number },
  ): Promise<Start> {
    if (!wanted) return { reset: 'malformed-position' };
    const { first, positions } = wanted;
    if (first !== partitions.first || positions.length !== partitions.count) {
      return { reset: 'position-of-another-stream' };
    }
    const deliveredPositions = this.hub.deliveredPositions(partitions);
    const checkpoints = await this.hub.look();
    // Views that are being rebuilt are behind this hub: resuming there would silently skip what they still lack.
    const known = positions.every(
      (at, i) => Math.max(at, deliveredPositions[i] ?? 0) <= (checkpoints.get(first + i) ?? 0),
    );
    return known ? { from: positions, named } : { reset: 'unknown-position' };
  }

  private beat(): void {
    for (const { connection, format } of this.streams) connection.beat(format.heartbeat);
  }

  /** How many streams are being served. */
  get count(): number {
    return this.streams.size;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    clearInterval(this.heart);
    this.hub.close();
    const ending = [...this.streams].map(({ connection, format }) => {
      connection.end(farewell(format));
      return connection.closed;
    });
    await Promise.all(ending);
  }
}

/** Equal for two requests for the same stream, whatever their positions and formats. */
function streamOf({ target, types }: StreamRequest): string {
  return [targetKey(target), ...[...(types ?? [])].sort()].join(' ');
}

function farewell(format: Format): string {
  return format.farewell(Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least)));
}

function stopping(): Problem {
  return new Problem('unavailable', 'This instance is stopping; another one, or this one later, will do.', {
    headers: { 'retry-after': '2' },
  });
}
