import { EventEmitter, once } from 'node:events';
import { isIP } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { ConfigError } from './config.js';
import { redisAddresses } from './redis-addresses.js';
import { tlsFault } from './tls.js';

export type RedisClient = Redis | Cluster;

const PAGE = 1_000;
const LONGEST_RETRY_MS = 2_000;
const SEVERAL =
  'REDIS_URL: several addresses are those of a Redis Cluster, which these servers are not: name one of them';

/**
 * A Redis or a Redis Cluster: which of them, the first server that answers says, however many addresses are known. Commands
 * fail fast, since Redis is a cache here: a caller goes to Postgres rather than wait for it. It connects again by itself.
 *
 * Emits `ready` when commands are taken, also again after an outage, and `error` when no server answers, or with what refuses us.
 */
export class RedisServers extends EventEmitter<{ ready: []; error: [Error] }> {
  /** `host:port` of those that are known, for people. */
  readonly names: string;
  private readonly seeds: readonly Redis[];
  private readonly failing = new Set<Redis>();
  private cluster: Cluster | undefined;
  private isDecided = false;
  private isClosed = false;

  /** `ca` is the authority of `rediss:` servers that Node does not know, as PEM text. */
  constructor(
    url: string,
    private readonly ca?: string,
  ) {
    super();
    const addresses = redisAddresses(url);
    this.seeds = addresses.map((address) => new Redis(address, seedOptions(address, ca)));
    this.names = this.seeds.map(nameOf).join(', ');
    for (const seed of this.seeds) {
      seed.on('ready', () => void this.decide(seed).catch((error: Error) => this.emit('error', error)));
      seed.on('error', (error) => this.seedFailed(seed, error));
    }
  }

  /** Takes commands. Those of one command, and of one script, have to be of one slot: name what belongs together by a hash tag. */
  get client(): RedisClient {
    return this.cluster ?? this.seeds[0]!;
  }

  get isReady(): boolean {
    return this.isDecided && this.client.status === 'ready';
  }

  /**
   * The keys that match a pattern, page by page, of all masters. As with SCAN itself some may be given twice; those of a slot that is
   * moved meanwhile may be passed over.
   */
  async *keys(pattern: string): AsyncGenerator<string[]> {
    for (const server of this.masters) {
      let cursor = '0';
      do {
        const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
        cursor = next;
        if (keys.length > 0) yield keys;
      } while (cursor !== '0');
    }
  }

  /** Asks each master. Rejects with the name of one that does not answer. */
  async ping(): Promise<void> {
    const ask = async (server: Redis) => {
      await server.ping().catch((cause: Error) => {
        throw new Error(`${nameOf(server)}: ${cause.message}`, { cause });
      });
    };
    await Promise.all(this.masters.map(ask));
  }

  private get masters(): Redis[] {
    const { client } = this;
    return client instanceof Cluster ? client.nodes('master') : [client];
  }

  /** For good. */
  disconnect(): void {
    this.isClosed = true;
    for (const server of [...this.seeds, ...(this.cluster ? [this.cluster] : [])]) server.disconnect();
  }

  private async decide(seed: Redis): Promise<void> {
    this.failing.clear();
    const isCluster = await this.isOfCluster(seed);
    if (isCluster === undefined || this.cluster || this.isClosed) return;
    if (isCluster) this.cluster = this.join();
    if (isCluster || this.seeds.length > 1) for (const each of this.seeds) each.disconnect();
    if (!isCluster && this.seeds.length > 1) throw new ConfigError(SEVERAL);
    this.isDecided = true;
    if (this.isReady) this.emit('ready');
  }

  /** Undefined where it did not say. */
  private async isOfCluster(seed: Redis): Promise<boolean | undefined> {
    try {
      return (await seed.info('cluster')).includes('cluster_enabled:1');
    } catch (error) {
      // Whoever may not ask is believed.
      if (/^NOPERM/.test((error as Error).message)) return this.seeds.length > 1;
      // It is asked again with the next connection.
      if (!this.isDecided && !this.isClosed) seed.disconnect(true);
      return undefined;
    }
  }

  private join(): Cluster {
    const { username, password } = this.seeds[0]!.options;
    const secure = this.seeds[0]!.options.tls !== undefined;
    const nodeAt = (host: string, port: number) => ({ host, port, ...(secure && { tls: tlsTo(host, this.ca) }) });
    const cluster = new Cluster(
      this.seeds.map(({ options }) => nodeAt(options.host!, options.port!)),
      {
        enableOfflineQueue: false,
        // A server that is replaced, or a slot that is moved, takes two or three; for longer nobody waits.
        maxRedirections: 5,
        // A master that hangs, and was replaced, never says that it was.
        slotsRefreshInterval: 5_000,
        clusterRetryStrategy: retryAfter,
        // By its name a server's certificate is checked.
        dnsLookup: (host, callback) => callback(null, host),
        natMap: (address) => {
          const end = address.lastIndexOf(':');
          return nodeAt(address.slice(0, end), Number(address.slice(end + 1)));
        },
        redisOptions: { ...FAST, username, password },
      },
    );
    cluster.on('ready', () => this.emit('ready'));
    cluster.on('error', (error: Error) => this.emit('error', error));
    return cluster;
  }

  /** One of several that is down is no loss: the cluster is found by the others. */
  private seedFailed(seed: Redis, error: Error): void {
    this.failing.add(seed);
    if (this.failing.size === this.seeds.length) this.emit('error', error);
  }
}

/** Connects to what `REDIS_URL` names: one server, or a cluster by one or several of its servers. */
export function connectRedis(url: string, onError: (error: Error) => void, ca?: string): RedisServers {
  return new RedisServers(url, ca).on('error', onError);
}

/**
 * Resolves when the connection is there, or after a second: what is only not there yet should not be called down.
 * @throws ConfigError when Redis, or its certificate, was refused, or several addresses are of no cluster
 */
export async function redisReady(
  redis: RedisServers,
  tell: (sentence: string) => void = () => undefined,
): Promise<RedisServers> {
  if (redis.isReady) return redis;
  await once(redis, 'ready', { signal: AbortSignal.timeout(1_000) }).catch((error: unknown) => {
    const refusal = refusalOf(error as Error);
    if (refusal) {
      redis.disconnect();
      throw refusal;
    }
    // Not waited for any longer.
    tell(`Redis at ${redis.names} (REDIS_URL) does not answer: figures come from Postgres`);
  });
  return redis;
}

const nameOf = ({ options }: Redis) => `${options.host}:${options.port}`;

const retryAfter = (attempt: number) => Math.min(attempt * 100, LONGEST_RETRY_MS);

const FAST = {
  maxRetriesPerRequest: 0,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  // `disconnect` while there is no connection would otherwise keep the process for two seconds.
  disconnectTimeout: 50,
};

function seedOptions(address: string, ca: string | undefined): RedisOptions {
  const tls = address.startsWith('rediss:') && { tls: tlsTo(new URL(address).hostname, ca) };
  return { ...FAST, enableOfflineQueue: false, retryStrategy: retryAfter, ...tls };
}

function tlsTo(host: string, ca: string | undefined): ConnectionOptions {
  // ioredis does not name the server that it wants, and one that serves several names would show another's certificate.
  return { ca, ...(isIP(host.replace(/^\[|\]$/g, '')) === 0 && { servername: host }) };
}

function refusalOf(error: Error): ConfigError | undefined {
  if (error instanceof ConfigError) return error;
  const fault = tlsFault(error);
  if (fault)
    return new ConfigError(
      `REDIS_TLS_CA: ${fault}; set it to the certificate of the authority that signed that of Redis`,
    );
  const isRefused = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/.test(error.message);
  return isRefused ? new ConfigError(`REDIS_URL: Redis refuses its user or password (${error.message})`) : undefined;
}
