import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

const PRODUCE = 0;

/**
 * Stands between a client and a broker. A broker's clients connect to whatever address it advertises, so the client
 * has to open its connections with `socketFactory`, which all lead here.
 */
export class LogProxy {
  /** Answers to produce requests that were swallowed so far. */
  dropped = 0;
  /** Connections that were ended at once while it was cut. */
  refused = 0;
  private toDrop = 0;
  private toSwallow = 0;
  private delay = 0;
  private isCut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly broker: { host: string; port: number },
  ) {
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

  readonly socketFactory = ({ onConnect }: { onConnect: () => void }): Socket =>
    connect({ host: '127.0.0.1', port: (this.server.address() as AddressInfo).port }, onConnect);

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

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    this.track(client);
    if (this.isCut) return this.refuse(client);
    const broker = this.track(connect(this.broker));
    const produceRequests = new Set<number>();
    const requests = frames((frame) => {
      if (frame.readInt16BE(4) === PRODUCE) produceRequests.add(frame.readInt32BE(8));
      broker.write(frame);
    });
    const answers = frames((frame) => {
      const isProduced = produceRequests.delete(frame.readInt32BE(4));
      if (isProduced && this.swallow()) return;
      if (isProduced && this.drop()) client.destroy();
      else if (!client.destroyed) this.pass(frame, client);
    });
    client.on('data', requests).on('close', () => broker.destroy());
    broker.on('data', answers).on('close', () => client.destroy());
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

/** Cuts a stream of bytes into Kafka's frames: four bytes of size, then as many bytes. */
function frames(onFrame: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
