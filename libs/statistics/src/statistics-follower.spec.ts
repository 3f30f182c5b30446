import { once } from 'node:events';
import { afterAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '#platform';
import { keysOf } from '../../../test/support/redis-keys.js';
import { Followed } from '../test/figures.js';
import { liveViews } from '#projections';
import { RedisProxy } from '../test/redis-proxy.js';

const ANYWHERE = Array.from({ length: 8 }, () => 0);
const opened: { close(): Promise<void> }[] = [];

async function open() {
  const followed = new Followed(process.env.DATABASE_URL!, process.env.REDIS_URL!);
  opened.push(followed);
  if (!followed.redis.isReady) await once(followed.redis, 'ready');
  return followed;
}

/** A follower behind a connection that can be cut. */
async function openBehindProxy() {
  const followed = await open();
  const proxy = await RedisProxy.start(process.env.REDIS_URL!);
  const redis = connectRedis(proxy.url, () => undefined);
  await once(redis, 'ready');
  const follower = followed.follower(redis);
  opened.push({
    close: async () => {
      redis.disconnect();
      await proxy.close();
    },
  });
  const reconnected = () => (redis.isReady ? Promise.resolve() : once(redis, 'ready'));
  return { followed, proxy, follower, reconnected };
}

afterAll(async () => {
  for (const each of opened) await each.close();
});

async function expectEqual(followed: Followed) {
  const { redis, postgres } = await followed.compare();
  expect(redis).toEqual(postgres);
  expect(Math.max(...postgres)).toBeGreaterThan(10);
}

describe('the figures in Redis', () => {
  it('are those of Postgres after every batch', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    await follower.check();
    for (let n = 0; n < 600; n += 150) {
      await followed.append(n, n + 150);
      await expectEqual(followed);
    }
  });

  it('are missing rather than wrong before anything was written', async () => {
    const followed = await open();
    await followed.views.project();
    expect(await (await followed.figures()).countActive('acme', 0, ANYWHERE)).toBeUndefined();
  });

  it('are missing rather than old where nobody follows the views any more', async () => {
    const followed = await open();
    const follower = followed.follower();
    const consumption = await followed.views.project(follower);
    await followed.append(0, 100);
    await follower.check();
    const positions = await followed.positions();
    await consumption.stop();
    await follower.close();
    await followed.views.project();
    await followed.append(100, 101);
    expect((await (await followed.figures()).countActive('acme', 0, positions))?.read).toBeGreaterThan(10);
    expect(await (await followed.figures()).countActive('acme', 0, await followed.positions())).toBeUndefined();
  });

  it('do not count an activity that is sent again', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    await follower.check();
    await followed.append(0, 200);
    await followed.append(0, 200);
    await expectEqual(followed);
  });

  it('are rebuilt after Redis was emptied', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    await followed.append(0, 300);
    await follower.check();
    await followed.flush();
    expect((await followed.compare()).redis[0]).toBeUndefined();
    await follower.check();
    await expectEqual(followed);
  });

  it('are rebuilt after Redis was emptied under a running projection', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    for (let n = 0; n < 1000; n += 50) {
      if (n % 200 === 100) await followed.flush();
      await followed.append(n, n + 50);
    }
    await follower.check();
    await expectEqual(followed);
  });

  it('are missing rather than too few when Redis has evicted some, and come back', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    await followed.append(0, 300);
    await follower.check();
    await followed.flush('*:in:acme');
    expect(await (await followed.figures()).countActive('acme', 0, ANYWHERE)).toBeUndefined();
    await follower.check();
    await expectEqual(followed);
  });

  it('catch up with what was counted while nobody followed', async () => {
    const followed = await open();
    const follower = followed.follower();
    const consumption = await followed.views.project(follower);
    await followed.append(0, 100);
    await follower.check();
    await follower.close();
    await consumption.stop();
    await followed.views.project();
    await followed.append(100, 500);
    const checkpoint = await (await followed.figures()).checkpoint(0);
    await followed.follower().check();
    await expectEqual(followed);
    expect(await (await followed.figures()).checkpoint(0)).toBeGreaterThan(checkpoint as number);
  });

  it('are written anew when the views went back', async () => {
    const followed = await open();
    const follower = followed.follower();
    const consumption = await followed.views.project(follower);
    await followed.append(0, 300);
    await follower.check();
    await consumption.stop();
    await followed.views.drop();
    const { log, views } = followed;
    await views.project({ follow: async () => undefined });
    // Views of another log, shorter and with others in it.
    await views.postgres.query('DELETE FROM activity_totals WHERE user_id > 50');
    await views.postgres.query('UPDATE activities_checkpoints SET position = 1');
    await log.close();
    await follower.check();
    const { redis, postgres } = await followed.compare();
    expect(redis).toEqual(postgres);
  });

  it('are not touched by an owner that comes late', async () => {
    const followed = await open();
    const follower = followed.follower();
    await followed.views.project(follower);
    await followed.append(0, 300);
    await follower.check();
    const late = [{ environment: 'acme', userId: 12345, lastActiveAt: Date.now() }];
    const { generation } = await liveViews(followed.views.postgres, { name: 'activities' });
    const at = (await (await followed.figures()).checkpoint(0)) as number;
    await follower.follow(0, { generation, from: at - 1, to: at + 5 }, late);
    await follower.check();
    await expectEqual(followed);
  });

  it('are those of Postgres when several processes repair and follow at once', async () => {
    const followed = await open();
    const followers = [followed.follower(), followed.follower(), followed.follower()];
    await followed.views.project(...followers);
    const appending = (async () => {
      for (let n = 0; n < 1000; n += 50) await followed.append(n, n + 50);
    })();
    for (let n = 0; n < 5; n += 1) {
      await followed.flush();
      await Promise.all(followers.map((follower) => follower.check()));
    }
    await appending;
    await followers[0]!.check();
    await expectEqual(followed);
  });

  it('never count from a rewrite that was overtaken', async () => {
    const followed = await open();
    await followed.views.project();
    const figures = await followed.figures();
    const overtaken = figures.rewrite(
      0,
      7,
      (async function* () {
        yield [{ environment: 'acme', userId: 1, lastActiveAt: 1 }];
        await followed.flush();
        expect(await figures.rewrite(0, 9, (async function* () {})())).toBe(true);
        yield [{ environment: 'acme', userId: 2, lastActiveAt: 2 }];
      })(),
    );
    expect(await overtaken).toBe(false);
    expect(await figures.checkpoint(0)).toBe(9);
    expect(await figures.environments(0)).toEqual([]);
    expect(await keysOf(followed.redis, followed.namespace.key('active', '*:in:acme'))).toEqual([]);
  });

  it('are written by one process at a time', async () => {
    const followed = await open();
    await followed.views.project();
    const figures = await followed.figures();
    const first = figures.rewrite(
      0,
      7,
      (async function* () {
        expect(await figures.rewrite(0, 9, (async function* () {})())).toBe(false);
        yield [{ environment: 'acme', userId: 1, lastActiveAt: 1 }];
      })(),
    );
    expect(await first).toBe(true);
    expect(await figures.checkpoint(0)).toBe(7);
  });

  it('may be written anew at once after a rewrite that failed', async () => {
    const followed = await open();
    await followed.views.project();
    const figures = await followed.figures();
    // eslint-disable-next-line require-yield
    const failing = (async function* (): AsyncGenerator<never> {
      throw new Error('Postgres went away');
    })();
    await expect(figures.rewrite(0, 7, failing)).rejects.toThrow('Postgres went away');
    expect(await figures.checkpoint(0)).toBe('missing');
    expect(await figures.rewrite(0, 8, (async function* () {})())).toBe(true);
  });
});

describe('a projection whose Redis is away', () => {
  it('goes on, and the figures are made good when Redis is back', async () => {
    const { followed, proxy, follower, reconnected } = await openBehindProxy();
    await followed.views.project(follower);
    await followed.append(0, 100);
    await follower.check();
    proxy.cut();
    await followed.append(100, 500);
    expect(await followed.views.count('activities')).toBe(500);
    proxy.open();
    await reconnected();
    await follower.check();
    await expectEqual(followed);
  });

  it('is not held up by a Redis that hangs but for a moment, once', async () => {
    const { followed, proxy, follower } = await openBehindProxy();
    await followed.views.project(follower);
    await followed.append(0, 100);
    await follower.check();
    proxy.hang();
    const start = performance.now();
    for (let n = 100; n < 1100; n += 100) await followed.append(n, n + 100);
    // 80 batches; were each to wait, they would take 40 s.
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(await followed.views.count('activities')).toBe(1100);
    proxy.open();
    await follower.check();
    await follower.check();
    await expectEqual(followed);
  });

  it('finds out by itself that Redis is back', async () => {
    const { followed, proxy, follower } = await openBehindProxy();
    await followed.views.project(follower);
    proxy.cut();
    await followed.append(0, 500);
    proxy.open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const looking = setInterval(() => {
      void followed.compare().then(({ redis, postgres }) => {
        if (JSON.stringify(redis) === JSON.stringify(postgres)) resolve();
      });
    }, 100);
    await promise.finally(() => clearInterval(looking));
    await expectEqual(followed);
  });
});
