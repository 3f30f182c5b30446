import { type Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';

// What is in flight when the process is to end has so long to be answered.
const LONGEST_MS = 10_000;
// A client that was answered just before may have sent its next request already.
const GRACE_MS = 500;
const LOOK_EVERY_MS = 20;

declare module 'fastify' {
  interface FastifyInstance {
    draining: Draining;
  }
}

/**
 * How a server ends without cutting an answer off: it takes no more connections, answers whatever comes on those that
 * are open, and closes each behind its answer. Node's own `close` would at once close all that wait for no answer, and
 * with them those whose next request is on its way.
 */
export class Draining {
  private readonly server: HttpServer;
  private readonly connections = new Set<Socket>();
  private unanswered = 0;
  private begunAt: number | undefined;
  private closed = false;

  constructor(
    fastify: FastifyInstance,
    private readonly longestMs = LONGEST_MS,
  ) {
    this.server = fastify.server;
    this.server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    // Fastify listens to "localhost" with a second server that it shows to nobody: its requests are counted here.
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.unanswered += 1;
      reply.raw.once('close', () => (this.unanswered -= 1));
      done();
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.begun) void reply.header('connection', 'close');
      done(null, payload);
    });
  }

  get begun(): boolean {
    return this.begunAt !== undefined;
  }

  /** No more connections are taken from here on. */
  begin(): void {
    if (this.begun) return;
    this.begunAt = Date.now();
    // Of the server below HTTP, which leaves the connections alone.
    Server.prototype.close.call(this.server, () => (this.closed = true));
  }

  /** Resolves when all has been answered and every connection is closed, ten seconds after the beginning at the latest. */
  async finish(): Promise<void> {
    const begunAt = this.begunAt ?? Date.now();
    while (!(this.closed && this.unanswered === 0) && Date.now() < begunAt + this.longestMs) {
      if (Date.now() >= begunAt + GRACE_MS) this.closeIdle();
      await pause(LOOK_EVERY_MS);
    }
    this.server.closeAllConnections();
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
    // For Node, one on which nothing has ever come is not idle.
    for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
  }
}

/**
 * Nest's adapter, draining. Of an application that closes, Nest calls `beforeClose` first, then every room's
 * `beforeApplicationShutdown`, where streams end, then `close`, and `onApplicationShutdown` last, where the connections
 * to the servers go: so whatever a request still needs is there until the last one is answered.
 */
export class DrainingAdapter extends FastifyAdapter {
  readonly draining = new Draining(this.getInstance());

  override beforeClose(): void {
    super.beforeClose();
    this.draining.begin();
  }

  override async close(): Promise<void> {
    await this.draining.finish();
    await super.close();
  }
}
