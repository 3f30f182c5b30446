import type pg from 'pg';
import { type Cpu, cpuOf, largestMemory, PARTS } from './cost-clock.ts';
import { register, requireCounts, sendActivities, type Tenant, tenantOf, untilVisible, viewsOf } from './cost-load.ts';
import { besideBaseline, type Measured } from './cost-rounds.ts';
import { load } from './load.ts';
import type { Figure } from './report.ts';
import type { BenchService } from './service.ts';

const REGISTERED = 20_000;

const ASKED: Readonly<Record<string, string>> = {
  'activities, CPU s a million: all': '≤ 0.5',
  'activities, CPU s a million: Postgres': '≤ 0.45',
  'bytes an activity in tables and indexes': '≤ 0.6',
  'memory of the interface at most, MB': '≤ 300 MB',
  'memory of the projector at most, MB': '≤ 300 MB',
  'users in batches until searchable, CPU s for 10,000: all': '≤ 0.6',
  'one client patches, p50 ms': '≤ 0.7',
  '64 clients patch distinct users, commands/s': '≥ 1.5',
};

/** What activities, users and commands take of the processors, beside an earlier build. */
export const benchCost = (): Promise<Figure[]> =>
  besideBaseline(ASKED, async (service, database) => {
    const tenant = await tenantOf(service, 'demo', 5_000);
    const users = await cpuOf(service, () => register(tenant, REGISTERED));
    const activities = await activitiesOf(service, database, [tenant], 300_000);
    return {
      ...activities,
      ...perMany('users in batches until searchable, CPU s for 10,000', users, REGISTERED / 10_000),
      ...(await patchesOf(service)),
    };
  });

/** Many environments and users, and more of an index than Postgres keeps in memory (BENCH_SHARED_BUFFERS). */
export const benchCostLarge = (): Promise<Figure[]> =>
  besideBaseline(ASKED, async (service, database) => {
    const tenants = [await tenantOf(service, 'demo', 50_000)];
    for (let other = 1; other <= 10; other += 1) tenants.push(await tenantOf(service, `other-${other}`, 5_000));
    for (const tenant of tenants) await register(tenant);
    return activitiesOf(service, database, tenants, 1_000_000);
  });

/** Sent by eight clients in NDJSON until all are visible. */
async function activitiesOf(
  service: BenchService,
  database: pg.Client,
  tenants: readonly Tenant[],
  activities: number,
): Promise<Measured> {
  const views = await viewsOf(database, service);
  const start = performance.now();
  const cpu = await cpuOf(service, async () => {
    await sendActivities(tenants, (sent) => sent < activities);
    await untilVisible(database, views, activities);
  });
  const seconds = (performance.now() - start) / 1_000;
  const [first] = tenants as [Tenant];
  await requireCounts(first, activities / (tenants.length > 1 ? 2 : 1) / first.users);
  return {
    ...perMany('activities, CPU s a million', cpu, activities / 1_000_000),
    'activities until visible, /s': activities / seconds,
    ...(await bytesOf(database, views, activities)),
    'memory of the interface at most, MB': largestMemory(service.pid),
    'memory of the projector at most, MB': largestMemory(service.projectorPid!),
  };
}

function perMany(what: string, cpu: Cpu, many: number): Measured {
  const all = PARTS.reduce((sum, part) => sum + cpu[part], 0);
  return Object.fromEntries(Object.entries({ ...cpu, all }).map(([part, s]) => [`${what}: ${part}`, s / many]));
}

async function bytesOf(database: pg.Client, views: string, activities: number): Promise<Measured> {
  const { rows } = await database.query<{ bytes: string; indexes: string }>(
    `SELECT sum(pg_total_relation_size(oid)) AS bytes, sum(pg_indexes_size(oid)) AS indexes
     FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'`,
    [views],
  );
  return {
    'bytes an activity in tables and indexes': Number(rows[0]!.bytes) / activities,
    'of that in indexes': Number(rows[0]!.indexes) / activities,
  };
}

async function patchesOf(service: BenchService): Promise<Measured> {
  const patch = (n: number) => ({
    method: 'PATCH',
    path: `/api/v3/users/${(n % REGISTERED) + 1}`,
    body: { firstName: `Name ${n}` },
    expect: 200,
  });
  await load(service, patch, { clients: 64, seconds: 2 });
  const many = await load(service, patch, { clients: 64, seconds: 8 });
  const one = await load(service, patch, { clients: 1, seconds: 4 });
  return { '64 clients patch distinct users, commands/s': many.perSecond, 'one client patches, p50 ms': one.p50 };
}
