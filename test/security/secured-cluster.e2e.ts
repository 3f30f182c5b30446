import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, connectRedis, readConfig, redisReady } from '#platform';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { freshNamespace } from '../support/namespaces.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { keysOf } from '../support/redis-keys.js';
import { SECRET } from '../support/service.js';
import { makeFolder } from '../../launcher/paths.js';
import { openThrowAwaySession, type Session } from '../../launcher/session.js';

const PASSWORD = 'open:Sesame-1/2';
const NOBODY = '127.0.0.1:9';

describe('a Redis Cluster that takes nobody in without TLS and a password', () => {
  let session: Session;
  let certificates: Certificates;
  let cluster: RedisCluster;

  beforeAll(async () => {
    session = await openThrowAwaySession('certificates');
    certificates = makeCertificates(makeFolder(join(session.folder, 'certificates'), 0o700));
    cluster = await RedisCluster.start('secured-cluster', { password: PASSWORD, certificates });
  });
  afterAll(async () => {
    await cluster?.stop();
    await session.processes.stopAll();
  });

  /** As an app begins. */
  async function begin(env: NodeJS.ProcessEnv) {
    const others = { KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://a/b', AUTH_JWT_SECRET: SECRET };
    const { redisUrl, redisCa } = readConfig({ ...others, REDIS_TLS_CA: certificates.ca, ...env });
    return redisReady(connectRedis(redisUrl, () => undefined, redisCa));
  }

  it.each<[string, () => string]>([
    ['one address', () => cluster.addresses[1]!],
    ['all addresses', () => cluster.url],
    [
      'two addresses, of which one does not answer',
      () => `${cluster.addresses[0]!.replace(/127.*/, NOBODY)}, ${cluster.addresses[2]}`,
    ],
  ])('is found by %s, and all its masters are written to and scanned', async (_what, url) => {
    const redis = await begin({ REDIS_URL: url() });
    try {
      expect(redis.isReady).toBe(true);
      await redis.ping();
      const prefix = freshNamespace();
      const keys = Array.from({ length: 30 }, (_, n) => `${prefix}:${n}`);
      for (const key of keys) await redis.client.set(key, key, 'EX', 60);
      expect((await keysOf(redis, `${prefix}:*`)).sort()).toEqual(keys.toSorted());
      const masters = await Promise.all(keys.map(async (key) => (await cluster.masterOf(key)).port));
      expect(new Set(masters).size).toBe(3);
    } finally {
      redis.disconnect();
    }
  });

  it.each<[string, () => NodeJS.ProcessEnv, RegExp]>([
    [
      'a wrong password',
      () => ({ REDIS_URL: cluster.url.replaceAll(encodeURIComponent(PASSWORD), 'wrong') }),
      /^REDIS_URL: Redis refuses/,
    ],
    [
      'an authority that is not known',
      () => ({ REDIS_URL: cluster.url, REDIS_TLS_CA: '' }),
      /^REDIS_TLS_CA: .* not trusted/,
    ],
  ])('is not begun with for %s, which is told at the start', async (_what, env, sentence) => {
    const beginning = begin(env());
    await expect(beginning).rejects.toThrow(ConfigError);
    await expect(beginning).rejects.toThrow(sentence);
  });

  it('is found later by the one address that is known, where that does not answer at the start', async () => {
    const [first] = await cluster.masters();
    await first!.kill();
    const redis = await begin({ REDIS_URL: first!.address });
    try {
      expect(redis.isReady).toBe(false);
      await first!.startAgain();
      await cluster.whole();
      await eventually(() => redis.ping());
      const keys = Array.from({ length: 30 }, () => freshNamespace());
      for (const key of keys) await eventually(() => redis.client.set(key, key, 'EX', 60));
      for (const key of keys) expect(await redis.client.get(key)).toBe(key);
    } finally {
      redis.disconnect();
    }
  });
});
