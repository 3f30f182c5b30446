import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type FastifyReply } from 'fastify';
import { counter } from '#platform';

const cutOffs = counter('streams_cut_off_total', 'Streams ended because their client did not read');

/** How much waits in the process for one client before it is waited for, in bytes. */
export const BUFFER_LIMIT = 1024 * 1024;

// A client that takes nothing at all for so long is cut off.
const STALL_MS = 5_000;
// How long a client may take to receive the end of the stream.
const END_GRACE_MS = 1_000;

/** When a stream ends by itself, in milliseconds since the epoch and within days, and its last bytes then. */
export interface Ending {
  readonly at: number;
  readonly farewell: string;
}

/** The response that a stream is written to, from its headers to its end. */
export class Connection {
  private readonly response: ServerResponse;
  private readonly ended = Promise.withResolvers<void>();
  private drain: PromiseWithResolvers<void> | undefined;
  private opened = false;
  private expiry: NodeJS.Timeout | undefined;

  constructor(private readonly reply: FastifyReply) {
    this.response = reply.raw;
    this.response.on('drain', () => this.drain?.resolve());
    this.response.on('timeout', () => this.cutOff());
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

  /** Sends the headers and the first bytes. */
  open(mediaType: string, opening: string, ending: Ending): void {
    this.reply.hijack();
    if (!this.isOpen) return;
    this.opened = true;
    const headers = { 'content-type': mediaType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    this.response.writeHead(200, { ...(this.reply.getHeaders() as OutgoingHttpHeaders), ...headers });
    if (this.reply.request.method === 'HEAD') return void this.response.end();
    this.response.write(opening);
    this.endAt(ending);
  }

  /** Hands the bytes over at once. */
  write(bytes: Buffer | string): void {
    if (this.isOpen) this.response.write(bytes);
  }

  /** True when nothing more may be written before `drained` resolves. */
  get isFull(): boolean {
    return this.response.writableLength > BUFFER_LIMIT;
  }

  /** Resolves when the client has taken what was written, or is gone. One that does not read is cut off. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    this.drain = Promise.withResolvers();
    // Node's own time-out sees the progress within a write as well.
    this.response.socket?.setTimeout(STALL_MS);
    await this.drain.promise;
    this.response.socket?.setTimeout(0);
    this.drain = undefined;
  }

  /** Writes a heartbeat, unless the client has unread data. */
  beat(heartbeat: string): void {
    if (this.drain === undefined && !this.isFull) this.write(heartbeat);
  }

  /** Ends the stream behind what was written and this. One that has not begun still has its status to say. */
  end(farewell = ''): void {
    if (!this.opened || !this.isOpen) return;
    this.response.end(farewell);
    const timer = setTimeout(() => this.response.destroy(), END_GRACE_MS);
    void this.closed.then(() => clearTimeout(timer));
  }

  private cutOff(): void {
    cutOffs.inc();
    this.response.destroy();
  }

  private endAt(ending: Ending): void {
    this.expiry = setTimeout(() => this.end(ending.farewell), ending.at - Date.now());
  }

  private close(): void {
    clearTimeout(this.expiry);
    this.drain?.resolve();
    this.ended.resolve();
  }
}
