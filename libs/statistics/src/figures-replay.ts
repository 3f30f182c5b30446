import { activitiesTopic, lastActiveSums, type LastActiveSum, lastActiveTerm } from '#activities';
import { type Namespace, type Postgres, type Queryable, type RedisServers } from '#platform';
import { type DerivedData, type Difference, generationOf } from '#projections';
import { ActiveFigures } from './figures/active-figures.js';
import { repair } from './figures/repair.js';

/** The figures in Redis as a replay of the views of activities builds, compares and forgets them. */
export function replayedFigures(redis: RedisServers, namespace: Namespace): DerivedData {
  const { partitions } = activitiesTopic(namespace);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const figuresOf = async (views: Postgres) =>
    new ActiveFigures(redis, namespace, await generationOf(views, 'activities'));
  return {
    async build(views) {
      const figures = await figuresOf(views);
      for (const partition of all) await repair(figures, views, partition, () => true);
    },
    async compare(live, views) {
      const figures = await figuresOf(views);
      const differences: Difference[] = [];
      for (const partition of all) differences.push(...(await comparePartition(live, figures, partition)));
      return differences;
    },
    keepOnly: (generations) => keepOnly(redis, namespace, generations),
  };
}

async function comparePartition(live: Queryable, figures: ActiveFigures, partition: number): Promise<Difference[]> {
  const expected = new Map((await lastActiveSums(live, partition)).map((sums) => [sums.environment, sums]));
  const environments = new Set([...expected.keys(), ...(await figures.environments(partition))]);
  const differences: Difference[] = [];
  for (const environment of environments) {
    const before = expected.get(environment) ?? { users: 0, sum: 0n };
    const after = await sumsInRedis(figures, partition, environment);
    if (before.users === after.users && before.sum === after.sum) continue;
    const rows = [`partition = ${partition}: other figures`];
    const where = { view: 'activities' as const, table: 'active users (Redis)', environment };
    differences.push({ ...where, live: before.users, built: after.users, rows });
  }
  return differences;
}

async function sumsInRedis(
  figures: ActiveFigures,
  partition: number,
  environment: string,
): Promise<Pick<LastActiveSum, 'users' | 'sum'>> {
  let users = 0;
  let sum = 0n;
  for await (const page of figures.everyone(partition, environment)) {
    users += page.length;
    for (const [user, at] of page) sum += lastActiveTerm(Number(user), Number(at));
  }
  return { users, sum };
}

/** Forgets what is of no generation's, also under names of former versions, without braces. */
async function keepOnly(redis: RedisServers, namespace: Namespace, generations: readonly string[]): Promise<void> {
  const begin = namespace.key('active', '');
  const kept = generations.map((generation) => `${begin}{${generation}:`);
  for await (const keys of redis.keys(`${begin}*`)) {
    const gone = keys.filter((key) => !kept.some((prefix) => key.startsWith(prefix)));
    await Promise.all(gone.map((key) => redis.client.unlink(key)));
  }
}
