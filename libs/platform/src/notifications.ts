import { EventEmitter } from 'node:events';
import { Client } from 'pg';
import { connectTimeoutMs } from './postgres.js';
import { retry } from './retry.js';

// A connection that only listens sends nothing: without a heartbeat, a dead peer would go unnoticed for hours.
const HEARTBEAT_MS = 5_000;

/**
 * Listens to channels of Postgres (LISTEN/NOTIFY) on a connection of its own, which is re-established after a failure.
 * Notifications sent meanwhile are lost, so every listener is also told when the connection is back (`resumed`) and must
 * then query what it missed.
 */
export class Notifications {
  private readonly listeners = new EventEmitter().setMaxListeners(0);
  private readonly channels = new Set<string>();
  /** The connection, from when it listens to every channel until it is lost. */
  private client: Client | undefined;
  /** Shared by all callers while the connection is being made, so that there is never a second one. */
  private connecting: Promise<Client> | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private wasLost = false;
  private saying: Promise<unknown> = Promise.resolve();
  private readonly closed = new AbortController();

  constructor(
    private readonly url: string,
    private readonly onError: (error: Error) => void,
    private readonly options: { readonly name?: string; readonly heartbeatMs?: number } = {},
  ) {}

  /** Resolves when the channel is being listened to. */
  async listen(channel: string, heard: (payload: string) => void, resumed: () => void): Promise<void> {
    this.listeners.on(channel, heard);
    this.listeners.on('resumed', resumed);
    this.channels.add(channel);
    try {
      const client = await this.connection();
      await this.say(client, `LISTEN "${channel}"`);
    } catch (error) {
      // Whoever calls again must not hear everything twice.
      this.listeners.off(channel, heard).off('resumed', resumed);
      throw error;
    }
  }

  /** Resolves when all that was announced before the call has been heard; rejects where that cannot be said. */
  async hearAll(): Promise<void> {
    if (!this.client) throw new Error('no connection listens');
    // Postgres sends what was announced ahead of its answer.
    await this.say(this.client, 'SELECT 1');
  }

  private connection(): Promise<Client> {
    if (this.client) return Promise.resolve(this.client);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connect(): Promise<Client> {
    const { name = 'notifications', heartbeatMs = HEARTBEAT_MS } = this.options;
    const client = new Client({
      connectionString: this.url,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: connectTimeoutMs(this.url),
      query_timeout: heartbeatMs,
      application_name: name,
    });
    client.on('notification', ({ channel, payload }) => this.listeners.emit(channel, payload ?? ''));
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection that listens was closed')));
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`LISTEN "${channel}"`);
      if (this.closed.signal.aborted) throw new Error('nobody listens any more');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    const beat = () => this.hearAll().catch((error: Error) => this.lost(client, error));
    this.heartbeat = setInterval(() => void beat(), heartbeatMs).unref();
    // Before anybody can be told that all was heard.
    if (this.wasLost) this.listeners.emit('resumed');
    return client;
  }

  /** Runs one statement after the other: the client deprecates concurrent queries. */
  private say(client: Client, statement: string): Promise<unknown> {
    const said = this.saying.then(() => client.query(statement));
    this.saying = said.catch(() => undefined);
    return said;
  }

  private lost(client: Client, error: Error): void {
    if (this.closed.signal.aborted || this.client !== client) return;
    clearInterval(this.heartbeat);
    this.client = undefined;
    this.wasLost = true;
    void client.end().catch(() => undefined);
    void this.comeBack();
    this.onError(error);
  }

  /** Somebody who begins to listen meanwhile may have connected first. */
  private async comeBack(): Promise<void> {
    const { signal } = this.closed;
    await retry(() => this.connection(), { longestMs: 5_000, onFailure: () => undefined, signal }).catch(
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.closed.abort();
    clearInterval(this.heartbeat);
    await this.connecting?.catch(() => undefined);
    await this.client?.end().catch(() => undefined);
  }
}
