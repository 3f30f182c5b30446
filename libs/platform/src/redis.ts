import { once } from 'node:events';
import { isIP } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import { ConfigError } from './config.js';
import { tlsFault } from './tls.js';

/**
 * A connection that fails fast: Redis is a cache here, so a caller goes to Postgres rather than wait for it. It
 * reconnects by itself. `ca` is the authority of a `rediss:` server that Node does not know, as PEM text.
 */
export function connectRedis(url: string, onError: (error: Error) => void, ca?: string): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    // `disconnect` while there is no connection would otherwise keep the process for two seconds.
    disconnectTimeout: 50,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    ...(url.startsWith('rediss:') && { tls: tlsTo(new URL(url).hostname, ca) }),
  });
  redis.on('error', onError);
  return redis;
}

/**
 * Resolves when the connection is there, or after a second: what is only not there yet should not be called down.
 * @throws ConfigError when Redis, or its certificate, was refused
 */
export async function redisReady(redis: Redis, tell: (sentence: string) => void = () => undefined): Promise<Redis> {
  if (redis.status === 'ready') return redis;
  await once(redis, 'ready', { signal: AbortSignal.timeout(1_000) }).catch((error: unknown) => {
    const refusal = refusalOf(error as Error);
    if (refusal) {
      redis.disconnect();
      throw new ConfigError(refusal);
    }
    const { host, port } = redis.options;
    // Not waited for any longer.
    tell(`Redis at ${host}:${port} (REDIS_URL) does not answer: figures come from Postgres`);
  });
  return redis;
}

function tlsTo(host: string, ca: string | undefined): ConnectionOptions {
  // ioredis does not name the server that it wants, and one that serves several names would show another's certificate.
  return { ca, ...(isIP(host.replace(/^\[|\]$/g, '')) === 0 && { servername: host }) };
}

function refusalOf(error: Error): string | undefined {
  const fault = tlsFault(error);
  if (fault) return `REDIS_TLS_CA: ${fault}; set it to the certificate of the authority that signed that of Redis`;
  const isRefused = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/.test(error.message);
  return isRefused ? `REDIS_URL: Redis refuses its user or password (${error.message})` : undefined;
}
