import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import {
  type Caller,
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
import { positionsAt, readPast } from './activity-rows.js';
import { type Audience, audienceKey } from './audience.js';
import { Connection } from './connection.js';
import { Departures, type Watch } from './departures.js';
import { type Format } from './formats.js';
import { StreamHub } from './hub/stream-hub.js';
import { Positions, type StreamPosition } from './positions.js';
import { type Start, Subscription } from './subscription.js';
import { StreamTickets } from './tickets.js';
import { Turnstile } from './turnstile.js';

const open = gauge('streams_open', 'Streams that are being served');

const HEARTBEAT_MS = 15_000;
const PAST_PAGE = 200;
// Those who come back after a failure must not take all connections to Postgres from those who are live.
const PAST_READERS = 4;
// The clocks of the log's brokers differ; the search begins so much earlier and the exact time is asked of each row.
const CLOCK_SKEW_MS = 60_000;

export interface StreamRequest {
  readonly audience: Audience;
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
  readonly departures: Departures;
  private readonly streams = new Set<Stream>();
  private readonly past = new Turnstile(PAST_READERS);
  private readonly heart = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  private closing = false;

  constructor(
    @Inject(Postgres) private readonly postgres: Postgres,
    @Inject(Notifications) notifications: Notifications,
    @Inject(Namespace) namespace: Namespace,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(StreamTickets) private readonly tickets: StreamTickets,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.hub = new StreamHub({ postgres, notifications, namespace, logger });
    this.departures = new Departures(directory, notifications, namespace);
  }

  /** Takes the reply over. Throws `not-found` or `unavailable` before the first byte. */
  async open(request: StreamRequest, caller: Caller, reply: FastifyReply): Promise<void> {
    await Promise.all([this.hub.ready(), this.departures.ready()]);
    const connection = new Connection(reply);
    const watch = this.departures.watch(request.audience, () => connection.end());
    try {
      await this.requireUser(request.audience);
      const positions = await Positions.of(request.audience.environment, this.keyring);
      const start = await this.past.pass(() => this.startOf(request, positions));
      // Whatever is refused is refused before: it uses no ticket up.
      if (caller.ticket !== undefined) await this.tickets.use(caller.ticket, streamOf(request));
      // From here to the first byte nothing is waited for.
      if (watch.gone) throw notFound('user');
      if (this.closing) throw stopping();
      this.begin(request, { start, positions }, caller, connection, watch);
    } catch (error) {
      watch.stop();
      throw error;
    }
  }

  private begin(
    request: StreamRequest,
    { start, positions }: { start: Start; positions: Positions },
    caller: Caller,
    connection: Connection,
    watch: Watch,
  ): void {
    const { audience, types, format } = request;
    const subscription = new Subscription({ audience, types }, { format, positions }, start, this.hub, connection, {
      readPast: (range, wanted) => this.past.pass(() => readPast(this.postgres, range, wanted, PAST_PAGE)),
      failed: (err) => {
        this.logger.warn({ err }, 'a stream ends since its past cannot be read');
        connection.end();
      },
    });
    const stream = { connection, format };
    this.streams.add(stream);
    open.set(this.streams.size);
    void connection.closed.then(() => {
      subscription.leave();
      watch.stop();
      this.streams.delete(stream);
      open.set(this.streams.size);
    });
    connection.open(format.mediaType, subscription.opening(), caller.expiresAt);
    subscription.begin();
  }

  private async requireUser({ environment, userId }: Audience): Promise<void> {
    if (userId === undefined) return;
    if (!(await this.directory.hasUser(environment, userId))) throw notFound('user');
  }

  private async startOf({ audience, position, since }: StreamRequest, ids: Positions): Promise<Start> {
    const partitions = this.hub.partitionsOf(audience);
    if (position !== undefined) return this.startAt(position, ids.parse(position), partitions);
    if (since === undefined) return {};
    const ends = this.hub.standing(partitions);
    return { since, from: await positionsAt(this.postgres, since - CLOCK_SKEW_MS, partitions.first, ends) };
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
    const standing = this.hub.standing(partitions);
    const checkpoints = await this.hub.look();
    // Views that are being rebuilt are behind this hub: what they still lack cannot be resumed over in silence.
    const known = positions.every((at, i) => Math.max(at, standing[i] ?? 0) <= (checkpoints.get(first + i) ?? 0));
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
    const ending = [...this.streams].map(({ connection }) => {
      connection.end();
      return connection.closed;
    });
    await Promise.all(ending);
  }
}

/** What makes two requests ask for the same stream, from wherever and however written. */
function streamOf({ audience, types }: StreamRequest): string {
  return [audienceKey(audience), ...[...(types ?? [])].sort()].join(' ');
}

function stopping(): Problem {
  return new Problem('unavailable', 'This instance is stopping; another one, or this one later, will do.', {
    headers: { 'retry-after': '2' },
  });
}
