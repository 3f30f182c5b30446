import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { connectRedis } from './redis.js';

describe('a connection to Redis', () => {
  it('is over soon after it was given up, also where the server never answered', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const redis = connectRedis(`redis://127.0.0.1:${port}`, () => undefined);
    await once(silent, 'connection');
    expect(redis.options.disconnectTimeout).toBeLessThan(200);
    const ended = once(redis, 'end', { signal: AbortSignal.timeout(1_000) });
    redis.disconnect();
    await expect(ended).resolves.toBeDefined();
    silent.close();
  });
});
