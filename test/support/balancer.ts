import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One address before several servers: a connection goes to the next in turn, or on to one that takes it; many are cut. */
export class Balancer {
  /** Connections that were cut so far. */
  cuts = 0;
  private readonly server: Server;
  private readonly ports: readonly number[];
  private readonly links = new Set<Link>();
  private turn = 0;
  private longestMs: number | undefined;

  private constructor(server: Server, ports: readonly number[]) {
    this.server = server;
    this.ports = ports;
    server.on('connection', (client) => void this.join(client));
  }

  /** @param ports of the servers, which need not be there yet. */
  static async before(ports: readonly number[]): Promise<Balancer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, ports);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many connections lead to a server. */
  openTo(port: number): number {
    return [...this.links].filter((link) => link.port === port).length;
  }

  /** From now on no connection lives for longer than so many milliseconds: each is cut within them, at random. */
  cutWithin(longestMs: number): void {
    this.longestMs = longestMs;
    for (const link of this.links) link.cutWithin(longestMs);
  }

  /** Connections stay from now on. */
  leaveAlone(): void {
    this.longestMs = undefined;
    for (const link of this.links) link.leaveAlone();
  }

  close(): void {
    this.server.close();
    for (const link of this.links) link.cut();
  }

  private async join(client: Socket): Promise<void> {
    // A connection that breaks is what this is for: its close is passed on, its error has nothing to add.
    client.on('error', () => undefined);
    const found = await this.reach();
    if (!found || client.destroyed) {
      found?.server.destroy();
      client.destroy();
      return;
    }
    const link = new Link({ client, ...found, wasCut: () => (this.cuts += 1) });
    this.links.add(link);
    found.server.once('close', () => this.links.delete(link));
    if (this.longestMs !== undefined) link.cutWithin(this.longestMs);
  }

  /** A connection to the next server in turn that takes one. */
  private async reach(): Promise<{ server: Socket; port: number } | undefined> {
    const begin = this.turn++;
    for (let tried = 0; tried < this.ports.length; tried += 1) {
      const port = this.ports[(begin + tried) % this.ports.length]!;
      const server = connect(port, '127.0.0.1');
      const connected = await once(server, 'connect').then(
        () => true,
        () => false,
      );
      if (connected) return { server: server.on('error', () => undefined), port };
    }
    return undefined;
  }
}

/** A client's connection and the server's that it leads to. */
class Link {
  readonly port: number;
  private readonly client: Socket;
  private readonly server: Socket;
  private readonly wasCut: () => void;
  private timer: NodeJS.Timeout | undefined;
  private isDoomed = false;

  constructor(ends: { client: Socket; server: Socket; port: number; wasCut: () => void }) {
    const { client, server } = ends;
    this.client = client;
    this.server = server;
    this.port = ends.port;
    this.wasCut = ends.wasCut;
    client.pipe(server);
    client.on('drain', () => server.resume()).on('close', () => server.destroy());
    server.on('data', (bytes) => this.pass(bytes)).on('end', () => client.end());
    server.on('close', () => {
      this.leaveAlone();
      client.destroySoon();
    });
  }

  cutWithin(longestMs: number): void {
    this.timer ??= setTimeout(() => this.doom(), longestMs * Math.random());
  }

  leaveAlone(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isDoomed = false;
  }

  /** At once, with whatever is on its way. */
  cut(): void {
    this.wasCut();
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  /** One half is cut as it is, the other in the middle of what comes next. */
  private doom(): void {
    if (Math.random() < 0.5) this.cut();
    else this.isDoomed = true;
  }

  private pass(bytes: Buffer): void {
    if (this.isDoomed) return this.cutIn(bytes);
    if (!this.client.write(bytes)) this.server.pause();
  }

  private cutIn(bytes: Buffer): void {
    this.wasCut();
    this.client.end(bytes.subarray(0, Math.floor(Math.random() * bytes.length)));
    this.server.destroy();
  }
}
