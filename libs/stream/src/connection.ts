import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type FastifyReply } from 'fastify';
import { counter } from '#platform';

const cutOffs = counter('streams_cut_off_total', 'Streams ended because their client did not read');

/** What waits in the process for one client at most, in bytes. */
export const BUFFER_LIMIT = 1024 * 1024;

// A client that never takes the end of the stream is not waited for.
const END_GRACE_MS = 1_000;
// Timers take 31 bits of milliseconds.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const PATIENCE_BEATS = 2;

/** The response that a stream is written to, from its headers to its end. */
export class Connection {
  private readonly response: ServerResponse;
  private readonly ended = Promise.withResolvers<void>();
  private drain: PromiseWithResolvers<void> | undefined;
  private opened = false;
  private beatsWaited = 0;
  private expiry: NodeJS.Timeout | undefined;

  constructor(private readonly reply: FastifyReply) {
    this.response = reply.raw;
    this.response.on('drain', () => this.drain?.resolve());
    this.response.on('close', () => this.close());
    // Writing to a client that has just gone; `close` follows.
    this.response.on('error', () => this.response.destroy());
    if (this.response.destroyed) this.close();
  }

  /** Resolves when the client is gone or the stream has ended. */
  get closed(): Promise<void> {
    return this.ended.promise;
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /** Sends the headers and the first bytes; the stream ends at `expiresAt`, in milliseconds since the epoch. */
  open(mediaType: string, opening: string, expiresAt: number): void {
    this.reply.hijack();
    if (!this.isOpen) return;
    this.opened = true;
    const headers = { 'content-type': mediaType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    this.response.writeHead(200, { ...(this.reply.getHeaders() as OutgoingHttpHeaders), ...headers });
    this.response.write(opening);
    this.endAt(expiresAt);
  }

  /** Hands the bytes over at once; a client that leaves too much unread is cut off. */
  write(bytes: Buffer | string): void {
    if (!this.isOpen) return;
    this.response.write(bytes);
    if (this.response.writableLength > BUFFER_LIMIT) this.cutOff();
  }

  /** Resolves when the client has taken most of what was written, or is gone. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    this.drain = Promise.withResolvers();
    await Promise.race([this.drain.promise, this.closed]);
    this.drain = undefined;
    this.beatsWaited = 0;
  }

  /** A sign of life. A client that is being waited for gets none; it is cut off when it takes nothing for two beats. */
  beat(heartbeat: string): void {
    if (this.drain === undefined) return this.write(heartbeat);
    this.beatsWaited += 1;
    if (this.beatsWaited > PATIENCE_BEATS) this.cutOff();
  }

  /** Ends the stream behind what was written. One that has not begun still has its status to say. */
  end(): void {
    if (!this.opened || !this.isOpen) return;
    this.response.end();
    const timer = setTimeout(() => this.response.destroy(), END_GRACE_MS);
    void this.closed.then(() => clearTimeout(timer));
  }

  private cutOff(): void {
    cutOffs.inc();
    this.response.destroy();
  }

  private endAt(time: number): void {
    const remaining = time - Date.now();
    if (remaining <= 0) return this.end();
    this.expiry = setTimeout(() => this.endAt(time), Math.min(remaining, LONGEST_TIMER_MS));
  }

  private close(): void {
    clearTimeout(this.expiry);
    this.ended.resolve();
  }
}
