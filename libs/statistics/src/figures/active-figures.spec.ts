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

it('the figures never count from a rewrite of which a replica that took over had not heard all', async () => {
  await followed.views.project();
  const figures = await followed.figures();
  const { client } = followed.redis;
  const keys = () => keysOf(followed.redis, followed.namespace.key('active', '*'));
  const user = (userId: number) => [{ environment: 'acme', userId, lastActiveAt: userId }];
  const rewritten = figures.rewrite(
    0,
    7,
    (async function* () {
      yield user(1);
      const heard = (await keys()).map(async (key) => [key, await client.dumpBuffer(key)] as const);
      const replica = await Promise.all(heard);
      yield user(2);
      for (const [key, value] of replica) await client.restore(key, 0, value, 'REPLACE');
      yield user(3);
    })(),
  );
  expect(await rewritten).toBe(false);
  expect(await figures.checkpoint(0)).toBe('missing');
  expect(await figures.rewrite(0, 8, (async function* () {})())).toBe(true);
});
