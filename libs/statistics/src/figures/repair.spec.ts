import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { activity } from '../../../activities/test/views.js';
import { Followed } from '../../test/figures.js';
import { repair } from './repair.js';

let followed: Followed;

beforeAll(async () => {
  followed = new Followed(process.env.DATABASE_URL!, process.env.REDIS_URL!);
  if (!followed.redis.isReady) await once(followed.redis, 'ready');
});
afterAll(() => followed.close());

it('the figures count who waited behind a dead letter and was taken up while nobody followed', async () => {
  const { views, log } = followed;
  const first = followed.follower();
  const consumption = await views.project(first);
  await followed.append(0, 200);
  const partition = log.partitionOf(views.topic, 'quiet/1');
  const position = log.recordsOf(views.topic).filter((record) => record.partition === partition).length;
  await log.append(views.topic, [
    { key: 'quiet/1', value: 'no activity' },
    activity({ id: 'x', environment: 'quiet', user: 1 }),
  ]);
  await first.check();
  await consumption.stop();
  await first.close();
  await views.project();
  const id = '019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11';
  const skip = { control: 'skip', id, key: 'quiet/1', position, limit: 9, by: 'ops' };
  await log.append(views.topic, [{ key: 'quiet/1', value: JSON.stringify(skip) }]);
  await followed.follower().check();
  const { redis, postgres } = await followed.compare();
  expect(redis).toEqual(postgres);
  expect((await (await followed.figures()).countActive('quiet', 0, await followed.positions()))?.read).toBe(1);
});

it('the figures do not come to a position whose activities a crash of Postgres took while they were read', async () => {
  const { views } = followed;
  const { postgres } = views;
  const figures = await followed.figures();
  const [partition] = [...(await followed.positions()).entries()].find(([, position]) => position > 0)!;
  const before = await figures.checkpoint(partition);
  await figures.rewrite(partition, 0, nobody());
  const query = postgres.query.bind(postgres);
  const move = (by: number) => query('UPDATE activities_checkpoints SET position = position + $1', [by]);
  postgres.query = async (text, values) => {
    const answer = await query(text, values);
    // Behind the look at the checkpoints, before the activities are read.
    if (text.includes('activities_generation')) await move(-1);
    return answer as never;
  };
  await expect(repair(figures, postgres, partition, () => true)).rejects.toThrow('behind where they were');
  postgres.query = query;
  await move(1);
  expect(await figures.checkpoint(partition)).not.toBe(before);
  await repair(figures, postgres, partition, () => true);
  expect(await figures.checkpoint(partition)).toBe(before);
});

async function* nobody(): AsyncGenerator<never[]> {
  yield* [];
}
