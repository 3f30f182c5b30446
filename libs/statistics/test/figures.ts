import { connectRedis, type Namespace, type RedisServers } from '#platform';
import { ActiveFigures } from '../src/figures/active-figures.js';
import { countActive } from '#activities';
import { liveViews } from '#projections';
import { StatisticsFollower } from '#statistics';
import { deleteKeys } from '../../../test/support/redis-keys.js';
import { MemoryLog } from '../../activities/test/memory-log.js';
import { activity, logger, NOON, Views } from '../../activities/test/views.js';

export const ENVIRONMENTS = ['acme', 'other', 'quiet'];

/** Users of two environments, each with some activities at different times. */
export function activities(from: number, to: number) {
  return Array.from({ length: to - from }, (_, at) => {
    const n = from + at;
    return activity({ id: `a${n}`, user: 1 + (n % 97), environment: ENVIRONMENTS[n % 2], at: NOON - (n % 400) * 1000 });
  });
}

/** Views of activities, followed by figures in Redis. */
export class Followed {
  readonly log = new MemoryLog();
  readonly views: Views;
  readonly redis: RedisServers;
  private readonly followers: StatisticsFollower[] = [];

  constructor(databaseUrl: string, redisUrl: string) {
    this.views = new Views(databaseUrl, this.log);
    this.log.clock = () => NOON;
    this.redis = connectRedis(redisUrl, () => undefined);
  }

  get namespace(): Namespace {
    return this.views.namespace;
  }

  follower(redis = this.redis): StatisticsFollower {
    const follower = new StatisticsFollower(redis, this.views.postgres, this.namespace, logger);
    this.followers.push(follower);
    return follower;
  }

  /** The figures of the live generation. */
  async figures(): Promise<ActiveFigures> {
    const { generation } = await liveViews(this.views.postgres, { name: 'activities' });
    return new ActiveFigures(this.redis, this.namespace, generation);
  }

  append(from: number, to: number): Promise<void> {
    return this.log.append(this.views.topic, activities(from, to));
  }

  /** How far the views are, as far as the figures have to be. */
  async positions(): Promise<number[]> {
    const { positions } = await liveViews(this.views.postgres, { name: 'activities' });
    return Array.from({ length: 8 }, (_, partition) => positions.get(partition) ?? 0);
  }

  /** What Redis and what Postgres say, for some windows of each environment. */
  async compare(): Promise<{ redis: (number | undefined)[]; postgres: number[] }> {
    const asked = ENVIRONMENTS.flatMap((environment) =>
      [60, 200, 400, 4000].map((seconds) => [environment, seconds] as const),
    );
    const since = (seconds: number) => NOON - seconds * 1000;
    const positions = await this.positions();
    const figures = await this.figures();
    const { postgres } = this.views;
    const inRedis = asked.map(([name, seconds]) => figures.countActive(name, since(seconds), positions));
    const inPostgres = asked.map(([name, seconds]) => countActive(postgres, name, since(seconds)));
    return {
      redis: (await Promise.all(inRedis)).map((figure) => figure?.read),
      postgres: (await Promise.all(inPostgres)).map(({ read }) => read),
    };
  }

  async flush(pattern = '*'): Promise<void> {
    await deleteKeys(this.redis, this.namespace.key('active', pattern));
  }

  async close(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.close()));
    await this.views.postgres.close();
    this.redis.disconnect();
  }
}
