import { EventEmitter } from 'node:events';
import { Client } from 'pg';

/**
 * What Postgres announces on its channels (LISTEN/NOTIFY), on a connection of its own that comes back after a
 * failure. An announcement can be lost while it is away, so every listener is also told when it is back (`resumed`)
 * and must then look for itself.
 */
export class Notifications {
  private readonly listeners = new EventEmitter().setMaxListeners(0);
  private readonly channels = new Set<string>();
  private client: Client | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Resolves when the channel is being listened to. */
  async listen(channel: string, heard: (payload: string) => void, resumed: () => void): Promise<void> {
    this.listeners.on(channel, heard);
    this.listeners.on('resumed', resumed);
    this.channels.add(channel);
    try {
      if (this.client === undefined) await this.connect();
      else await this.client.query(`LISTEN "${channel}"`);
    } catch (error) {
      // Whoever calls again must not hear everything twice.
      this.listeners.off(channel, heard).off('resumed', resumed);
      throw error;
    }
  }

  private async connect(): Promise<void> {
    const client = new Client({ connectionString: this.url, keepAlive: true, application_name: 'notifications' });
    client.on('notification', ({ channel, payload }) => this.listeners.emit(channel, payload ?? ''));
    client.on('error', (error) => this.reconnect(client, error));
    client.on('end', () => this.reconnect(client, new Error('the connection that listens was closed')));
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`LISTEN "${channel}"`);
    } catch (error) {
      this.client = undefined;
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  private reconnect(lost: Client, error: Error, wait = 100): void {
    if (this.closed || this.client !== lost) return;
    this.onError(error);
    this.client = undefined;
    const again = (wait: number) =>
      setTimeout(() => {
        if (this.closed) return;
        this.connect().then(
          () => this.listeners.emit('resumed'),
          () => again(Math.min(wait * 2, 5_000)),
        );
      }, wait).unref();
    again(wait);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }
}
