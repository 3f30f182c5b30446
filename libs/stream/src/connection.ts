import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type FastifyReply } from 'fastify';
import { type Chunk } from './hub/chunk.js';
import { cutOffStreams } from './stream-metrics.js';

/** How much waits in the process for one client before it is waited for, in bytes. */
export const BUFFER_LIMIT = 1024 * 1024;

// A client that takes nothing at all for so long is cut off.
const STALL_MS = 5_000;
// How long a client may take to receive the end of the stream.
const END_GRACE_MS = 1_000;

/** The response that a stream is written to, from its headers to its end. */
export class Connection {
  private readonly response: ServerResponse;
  /** What is to be done when the client is gone; undefined once it is. */
  private atClose: (() => void)[] | undefined = [];
  private drain: PromiseWithResolvers<void> | undefined;
  private opened = false;

  constructor(private readonly reply: FastifyReply) {
    this.response = reply.raw;
    this.response.on('timeout', () => this.cutOff());
    this.response.on('close', () => this.close());
    // Writing to a client that has just gone; `close` follows.
    this.response.on('error', () => this.response.destroy());
    if (this.response.destroyed) this.close();
  }

  /** Resolves when the client is gone or the stream has ended. */
  get closed(): Promise<void> {
    return new Promise((resolve) => this.onClose(resolve));
  }

  /** Does something once the client is gone or the stream has ended: for an open stream less to keep than a promise. */
  onClose(work: () => void): void {
    if (this.atClose) this.atClose.push(work);
    else work();
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /** Sends the headers and the first bytes. */
  open(mediaType: string, opening: string): void {
    this.reply.hijack();
    if (!this.isOpen) return;
    this.opened = true;
    const headers = { 'content-type': mediaType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    this.response.writeHead(200, { ...(this.reply.getHeaders() as OutgoingHttpHeaders), ...headers });
    if (this.reply.request.method === 'HEAD') return void this.response.end();
    this.response.write(opening);
  }

  /** Hands the bytes over at once. */
  write(bytes: Buffer | string): void {
    if (this.isOpen) this.response.write(bytes);
  }

  /** The same for what others are sent as well: in one piece, where Node would frame it anew for each of them. */
  send({ bytes, framed }: Chunk): void {
    if (!this.isOpen) return;
    const { socket, chunkedEncoding } = this.response;
    // An answer that waits behind another of its connection has no socket yet.
    if (socket && chunkedEncoding) socket.write(framed);
    else this.response.write(bytes);
  }

  /** True when nothing more may be written before `drained` resolves. */
  get isFull(): boolean {
    return this.response.writableLength > BUFFER_LIMIT;
  }

  /** Resolves when the client has taken what was written, or is gone. One that does not read is cut off. */
  async drained(): Promise<void> {
    const { socket } = this.response;
    const output = socket ?? this.response;
    if (!this.isOpen || !output.writableNeedDrain) return;
    const { promise, resolve } = (this.drain = Promise.withResolvers<void>());
    output.once('drain', resolve);
    // Node's own time-out sees the progress within a write as well.
    socket?.setTimeout(STALL_MS);
    await promise;
    socket?.setTimeout(0);
    output.off('drain', resolve);
    this.drain = undefined;
  }

  /** Writes a heartbeat, unless the client has unread data. */
  beat(heartbeat: Chunk): void {
    if (this.drain === undefined && !this.isFull) this.send(heartbeat);
  }

  /** Ends the stream behind what was written and this. One that has not begun still has its status to say. */
  end(farewell = ''): void {
    if (!this.opened || !this.isOpen) return;
    this.response.end(farewell);
    const timer = setTimeout(() => this.response.destroy(), END_GRACE_MS);
    this.onClose(() => clearTimeout(timer));
  }

  private cutOff(): void {
    cutOffStreams.inc();
    this.response.destroy();
  }

  private close(): void {
    this.drain?.resolve();
    const works = this.atClose ?? [];
    this.atClose = undefined;
    for (const work of works) work();
  }
}
