import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  correlationOf,
  frames,
  HEARTBEAT,
  METADATA,
  PRODUCE,
  type Request,
  requestOf,
  storageError,
  withAddress,
} from './kafka-frames.ts';

/**
 * Stands between clients and a broker. A broker's clients connect to whatever address it advertises, so its answers
 * bear the proxy's: whoever is told `address` stays behind it, in whatever process.
 */
export class LogProxy {
  /** Answers to produce requests that were swallowed so far. */
  dropped = 0;
  /** Connections that were ended at once while it was cut. */
  refused = 0;
  /** Produce requests that went no further. */
  withheld = 0;
  /** Produce requests that were answered as by a broker whose disk is full. */
  unstored = 0;
  private toDrop = 0;
  private toSwallow = 0;
  private delay = 0;
  private isCut = false;
  private isFull = false;
  private isWithholding = false;
  private isDeafToHeartbeats = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private readonly broker: { host: string; port: number };

  private constructor(server: Server, broker: { host: string; port: number }) {
    this.server = server;
    this.broker = broker;
    server.on('connection', (client) => this.join(client));
  }

  /** @param broker `host:port` */
  static async before(broker: string): Promise<LogProxy> {
    const [host = '', port = ''] = broker.split(':');
    const server = createServer();
    const proxy = new LogProxy(server, { host, port: Number(port) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** `host:port`, to be taken for a broker's. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  readonly socketFactory = ({ onConnect }: { onConnect: () => void }): Socket =>
    connect({ host: '127.0.0.1', port: this.port }, onConnect);

  /** The broker does what it is asked, but the next so many produce requests get a cut connection for an answer. */
  dropProduceAnswers(count: number): void {
    this.toDrop = count;
  }

  /** As `dropProduceAnswers`, but the connection stays, so that the client waits for its own time limit. */
  swallowProduceAnswers(count: number): void {
    this.toSwallow = count;
  }

  /** Every answer comes so many milliseconds late. */
  delayAnswers(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** Ends all connections, and every new one at once, until `restore`. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  restore(): void {
    this.isCut = false;
  }

  /** Produce requests go no further, though their connections stay, until `false`. */
  withholdProduce(isWithholding: boolean): void {
    this.isWithholding = isWithholding;
  }

  /** Connections on which a member of a group says that it is there are cut, those on which it reads are not, until `false`. */
  refuseHeartbeats(isDeaf: boolean): void {
    this.isDeafToHeartbeats = isDeaf;
  }

  /** Whatever is to be stored is refused, as by a broker whose disk is full, until `false`. */
  fillDisk(isFull: boolean): void {
    this.isFull = isFull;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    this.track(client);
    if (this.isCut) return this.refuse(client);
    const broker = this.track(connect(this.broker));
    const open = new Map<number, Request>();
    const requests = frames((frame) => {
      const request = requestOf(frame);
      if (request.api === PRODUCE && this.isWithholding) return void (this.withheld += 1);
      if (request.api === HEARTBEAT && this.isDeafToHeartbeats) return void client.destroy();
      if (request.api === PRODUCE && this.isFull) return this.refuseToStore(frame, client);
      if (request.api === PRODUCE || request.api === METADATA) open.set(request.correlation, request);
      broker.write(frame);
    });
    const answers = frames((frame) => {
      const request = open.get(correlationOf(frame));
      open.delete(correlationOf(frame));
      const isProduced = request?.api === PRODUCE;
      if (isProduced && this.swallow()) return;
      if (isProduced && this.drop()) client.destroy();
      else if (!client.destroyed) this.pass(request ? this.answerOf(frame, request) : frame, client);
    });
    client.on('data', requests).on('close', () => broker.destroy());
    broker.on('data', answers).on('close', () => client.destroy());
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private answerOf(frame: Buffer, { api, version }: Request): Buffer {
    return api === METADATA ? withAddress(frame, version, '127.0.0.1', this.port) : frame;
  }

  private refuseToStore(frame: Buffer, client: Socket): void {
    this.unstored += 1;
    client.write(storageError(frame));
  }

  private track(socket: Socket): Socket {
    this.sockets.add(socket);
    // A connection that breaks is what this is for: its close is passed on, its error has nothing to add.
    return socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }

  private refuse(client: Socket): void {
    this.refused += 1;
    client.destroy();
  }

  private swallow(): boolean {
    if (this.toSwallow === 0) return false;
    this.toSwallow -= 1;
    this.dropped += 1;
    return true;
  }

  private drop(): boolean {
    if (this.toDrop === 0) return false;
    this.toDrop -= 1;
    this.dropped += 1;
    return true;
  }

  private pass(frame: Buffer, client: Socket): void {
    if (this.delay === 0) client.write(frame);
    else setTimeout(() => client.write(frame), this.delay).unref();
  }
}
