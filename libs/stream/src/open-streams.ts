import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { type Caller, CONFIG, type Config, Problem, type StreamLimits } from '#platform';
import { type Connection } from './connection.js';
import { EVENT_STREAM, type Format, LINES } from './formats.js';
import { Chunk } from './hub/chunk.js';
import { openStreams } from './stream-metrics.js';

// Clients with a read time-out of ten seconds live on it.
const HEARTBEAT_MS = 8_000;
const HEARTBEATS = new Map([EVENT_STREAM, LINES].map((format) => [format, new Chunk(format.heartbeat, 0)]));
// Clients whose stream this ends reconnect after a random time within these bounds.
const RETRY_MS = { least: 1_000, most: 10_000 };

/** How a stream is written, and when it ends by itself, in milliseconds since the epoch. */
interface Served {
  readonly format: Format;
  readonly endsAt: number;
  /** Whether it ends with the token, so that its client needs another one to come back. */
  readonly expires: boolean;
}

/** The streams of this process: how many there may be, their heartbeats and their ends. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private readonly limits: StreamLimits;
  /** How many are open or being opened. */
  private entered = 0;
  private readonly byEnvironment = new Map<string, number>();
  private readonly served = new Map<Connection, Served>();
  private readonly heart = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  /** One for all, at the soonest end. */
  private alarm: NodeJS.Timeout | undefined;
  private alarmAt = Infinity;
  private readonly closing = new AbortController();

  constructor(@Inject(CONFIG) { streams }: Config) {
    this.limits = streams;
  }

  /** Aborted when the process is about to end. */
  get stopping(): AbortSignal {
    return this.closing.signal;
  }

  /** How many streams are being served. */
  get count(): number {
    return this.served.size;
  }

  /** One more, until the returned function is called, once or again. Throws `overloaded` or `unavailable` at once. */
  enter(environment: string): () => void {
    const own = this.byEnvironment.get(environment) ?? 0;
    if (own >= this.limits.maxOpenPerEnvironment) {
      throw refused('overloaded', 'This environment has too many streams open.', 5);
    }
    if (this.entered >= this.limits.maxOpen) {
      throw refused('unavailable', 'This instance has too many streams open; another one may have room.', 5);
    }
    this.entered += 1;
    this.byEnvironment.set(environment, own + 1);
    let inside = true;
    return () => {
      if (inside) this.leave(environment);
      inside = false;
    };
  }

  private leave(environment: string): void {
    this.entered -= 1;
    const left = (this.byEnvironment.get(environment) ?? 0) - 1;
    if (left > 0) this.byEnvironment.set(environment, left);
    else this.byEnvironment.delete(environment);
  }

  /**
   * Serves a stream until its connection is closed. It ends when the token expires, or at a random age from 75 % to 100 % of
   * the maximum, so that clients do not all reconnect at once.
   */
  serve(connection: Connection, format: Format, { expiresAt }: Caller): void {
    const retiresAt = Date.now() + this.limits.maxAge * 1_000 * (1 - Math.random() / 4);
    const endsAt = Math.min(expiresAt, retiresAt);
    this.served.set(connection, { format, endsAt, expires: expiresAt <= retiresAt });
    if (endsAt < this.alarmAt) this.wakeAt(endsAt);
    openStreams.set(this.count);
    connection.onClose(() => {
      this.served.delete(connection);
      openStreams.set(this.count);
    });
  }

  /**
   * Of a process that is about to end: ends a stream as it begins, and says when to come back, since an `EventSource` that is
   * refused never does. Throws `unavailable` in formats that can't say it.
   */
  turnAway(connection: Connection, format: Format): void {
    const goodbye = farewell(format);
    if (goodbye === '') {
      throw refused('unavailable', 'This instance is stopping; another one, or this one later, will do.', 2);
    }
    connection.open(format.mediaType, goodbye);
    connection.end();
  }

  private wakeAt(time: number): void {
    clearTimeout(this.alarm);
    this.alarmAt = time;
    if (time < Infinity) this.alarm = setTimeout(() => this.endDue(), time - Date.now()).unref();
  }

  /** Ends whatever is due by now. */
  private endDue(): void {
    const now = Date.now();
    let soonest = Infinity;
    for (const [connection, { format, endsAt, expires }] of this.served) {
      if (endsAt > now) soonest = Math.min(soonest, endsAt);
      else connection.end(expires ? '' : farewell(format));
    }
    this.wakeAt(soonest);
  }

  private beat(): void {
    for (const [connection, { format }] of this.served) connection.beat(HEARTBEATS.get(format)!);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing.abort();
    clearInterval(this.heart);
    clearTimeout(this.alarm);
    const ending = [...this.served].map(([connection, { format }]) => {
      connection.end(farewell(format));
      return connection.closed;
    });
    await Promise.all(ending);
  }
}

function farewell(format: Format): string {
  return format.farewell(Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least)));
}

function refused(code: 'overloaded' | 'unavailable', detail: string, retryAfter: number): Problem {
  return new Problem(code, detail, { headers: { 'retry-after': String(retryAfter) } });
}
