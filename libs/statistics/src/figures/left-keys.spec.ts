import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { keysOf } from '../../../../test/support/redis-keys.js';
import { Followed } from '../../test/figures.js';

let followed: Followed;

beforeAll(async () => {
  followed = new Followed(process.env.DATABASE_URL!, process.env.REDIS_URL!);
  if (!followed.redis.isReady) await once(followed.redis, 'ready');
});
afterAll(() => followed.close());

it('figures that stand under names of a former version end by themselves, a day after this one has come', async () => {
  const { redis, namespace } = followed;
  const former = [namespace.key('active', 'a', 'position', 0), namespace.key('active', 'a', 0, 'acme')];
  for (const key of former) await redis.client.set(key, '1');
  await followed.views.project();
  await followed.append(0, 100);
  await followed.follower().check();
  const ends = async (keys: string[]) => Promise.all(keys.map((key) => redis.client.ttl(key)));
  expect(Math.min(...(await ends(former)))).toBeGreaterThan(23 * 3_600);
  expect(Math.max(...(await ends(former)))).toBeLessThanOrEqual(24 * 3_600);
  const ours = await keysOf(redis, namespace.key('active', '{*'));
  expect(new Set(await ends(ours))).toEqual(new Set([-1]));
  const { redis: figures, postgres } = await followed.compare();
  expect(figures).toEqual(postgres);
});
