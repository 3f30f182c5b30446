import { once } from 'node:events';
import { Redis } from 'ioredis';

/**
 * A connection that fails fast: Redis is a cache here, so a caller goes to Postgres rather than wait for it. It
 * reconnects by itself.
 */
export function connectRedis(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: 2_000,
    connectTimeout: 2_000,
    // `disconnect` while there is no connection would otherwise keep the process for two seconds.
    disconnectTimeout: 50,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on('error', onError);
  return redis;
}

/** Resolves when the connection is there, or after a second: what is only not there yet should not be called down. */
export async function redisReady(redis: Redis, tell: (sentence: string) => void = () => undefined): Promise<Redis> {
  if (redis.status !== 'ready') {
    await once(redis, 'ready', { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  }
  const { host, port } = redis.options;
  // Not waited for any longer.
  if (redis.status !== 'ready')
    tell(`Redis at ${host}:${port} (REDIS_URL) does not answer: figures come from Postgres`);
  return redis;
}
