import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { type Caller, CONFIG, type Config, gauge, Problem, type StreamLimits } from '#platform';
import { type Connection, type Ending } from './connection.js';
import { type Format } from './formats.js';

const open = gauge('streams_open', 'Streams that are being served');

// Clients with a read time-out of ten seconds live on it.
const HEARTBEAT_MS = 8_000;
// Clients whose stream this ends reconnect after a random time within these bounds.
const RETRY_MS = { least: 1_000, most: 10_000 };

/** The streams of this process: how many there may be, their heartbeats and their ends. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private readonly limits: StreamLimits;
  /** How many are open or being opened. */
  private entered = 0;
  private readonly byEnvironment = new Map<string, number>();
  private readonly served = new Map<Connection, Format>();
  private readonly heart = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
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

  /** Serves a stream until its connection is closed. */
  serve(connection: Connection, format: Format): void {
    this.served.set(connection, format);
    open.set(this.count);
    void connection.closed.then(() => {
      this.served.delete(connection);
      open.set(this.count);
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
    connection.open(format.mediaType, goodbye, { at: Date.now(), farewell: '' });
    connection.end();
  }

  /** When the token expires, or at a random age from 75 % to 100 % of the maximum, so that clients do not all reconnect at once. */
  endingOf(format: Format, { expiresAt }: Caller): Ending {
    const retiresAt = Date.now() + this.limits.maxAge * 1_000 * (1 - Math.random() / 4);
    if (expiresAt <= retiresAt) return { at: expiresAt, farewell: '' };
    return { at: retiresAt, farewell: farewell(format) };
  }

  private beat(): void {
    for (const [connection, { heartbeat }] of this.served) connection.beat(heartbeat);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing.abort();
    clearInterval(this.heart);
    const ending = [...this.served].map(([connection, format]) => {
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
