import { createServer, type Server } from 'node:net';
import { once } from 'node:events';

/** A port that accepts whoever comes and never answers, as that of a server that hangs. */
export class SilentServer {
  private readonly server: Server;
  /** Resolves when the first client has come. */
  readonly asked: Promise<unknown>;

  private constructor() {
    this.server = createServer((socket) => socket.on('error', () => undefined));
    this.server.unref();
    this.asked = once(this.server, 'connection');
  }

  static async listen(): Promise<SilentServer> {
    const silent = new SilentServer();
    silent.server.listen(0, '127.0.0.1');
    await once(silent.server, 'listening');
    return silent;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): void {
    this.server.close();
  }
}
