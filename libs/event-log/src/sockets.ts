import { type Socket } from 'node:net';
import { type ISocketFactory } from 'kafkajs';
import defaultSocketFactory from 'kafkajs/src/network/socketFactory.js';
import { isSettledWithin } from '#platform';

/** kafkajs does not bound disconnecting, which waits for requests, and for a group that is joined. */
const DISCONNECT_TIMEOUT_MS = 5_000;
/** Until kafkajs has noticed that its sockets are closed. */
const CLOSED_TIMEOUT_MS = 1_000;

/** The sockets that kafkajs opens for a client, for when it does not close them itself. */
export class Sockets {
  private readonly open = new Set<Socket>();
  private closed = false;

  constructor(private readonly create: ISocketFactory = defaultSocketFactory()) {}

  readonly factory: ISocketFactory = (options) => {
    if (this.closed) throw new Error('the client has ended');
    const socket = this.create(options);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Disconnects the client; what still waits for an answer then gets none. Never fails: kafkajs logs why it could not. */
  async disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
    const disconnected = client.disconnect().catch(() => undefined);
    const isDone = await isSettledWithin(DISCONNECT_TIMEOUT_MS, disconnected);
    // What kafkajs has ended itself is no error.
    this.close(isDone ? undefined : new Error('the client has ended'));
    await isSettledWithin(CLOSED_TIMEOUT_MS, disconnected);
  }

  /** Closes every socket, and lets no other be opened; whoever waits for an answer is given the error. */
  close(error?: Error): void {
    this.closed = true;
    for (const socket of this.open) socket.destroy(error);
  }
}
