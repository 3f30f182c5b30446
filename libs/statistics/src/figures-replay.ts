import { type Redis } from 'ioredis';
import { activitiesTopic } from '#activities';
import { type Namespace, type Postgres, type Queryable } from '#platform';
import { type DerivedData, type Difference, generationOf } from '#projections';
import { ActiveFigures } from './figures/active-figures.js';
import { repair } from './figures/repair.js';

/** The figures in Redis as a replay of the views of activities builds, compares and forgets them. */
export function replayedFigures(redis: Redis, namespace: Namespace): DerivedData {
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

/** How many users were active, and a sum over when, that tells any two such sets apart but by chance. */
interface Sums {
  readonly users: number;
  readonly sum: bigint;
}

const PRIME = 1_000_003n;

async function comparePartition(live: Queryable, figures: ActiveFigures, partition: number): Promise<Difference[]> {
  const expected = await sumsInPostgres(live, partition);
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

async function sumsInPostgres(live: Queryable, partition: number): Promise<Map<string, Sums>> {
  const { rows } = await live.query<{ environment: string; users: number; sum: string }>(
    `SELECT environment, count(*) AS users, sum(last_active_at::numeric * (user_id % ${PRIME} + 1))::text AS sum
     FROM user_activity WHERE partition = $1 GROUP BY environment`,
    [partition],
  );
  return new Map(rows.map(({ environment, users, sum }) => [environment, { users, sum: BigInt(sum) }]));
}

async function sumsInRedis(figures: ActiveFigures, partition: number, environment: string): Promise<Sums> {
  let users = 0;
  let sum = 0n;
  for await (const page of figures.everyone(partition, environment)) {
    users += page.length;
    for (const [user, at] of page) sum += BigInt(at) * ((BigInt(user) % PRIME) + 1n);
  }
  return { users, sum };
}

async function keepOnly(redis: Redis, namespace: Namespace, generations: readonly string[]): Promise<void> {
  const begin = namespace.key('active', '');
  const kept = new Set(generations);
  for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${begin}*`, 'COUNT', 1_000);
    cursor = next;
    const gone = keys.filter((key) => !kept.has(key.slice(begin.length).split(':')[0]!));
    if (gone.length > 0) await redis.unlink(...gone);
  }
}
