import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type Redis } from 'ioredis';
import { ConfigError } from './config.js';
import { connectRedis, redisReady } from './redis.js';

describe('a connection to Redis', () => {
  it('is over soon after it was given up, also where the server never answered', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const redis = connectRedis(`redis://127.0.0.1:${port}`, () => undefined);
    await once(silent, 'connection');
    const client = redis.client as Redis;
    expect(client.options.disconnectTimeout).toBeLessThan(200);
    const ended = once(client, 'end', { signal: AbortSignal.timeout(1_000) });
    redis.disconnect();
    await expect(ended).resolves.toBeDefined();
    silent.close();
  });

  it('is refused where several addresses are of no cluster', async () => {
    const url = process.env.REDIS_URL!;
    const several = redisReady(connectRedis(`${url},${url}`, () => undefined));
    await expect(several).rejects.toThrow(ConfigError);
    await expect(several).rejects.toThrow(/^REDIS_URL: several addresses are those of a Redis Cluster/);
  });
});
