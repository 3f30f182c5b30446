import { register, sendActivities, tenantOf, untilVisible, viewsOf } from './cost-load.ts';
import { besideBaseline } from './cost-rounds.ts';
import type { Figure } from './report.ts';
import { offer } from './visible-load.ts';
import { probe } from './visible-probe.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 120);
const USERS = 20_000;
/** Of users who were never active before. */
const PROBES = 5_000;
const SUSTAINED = 'sustained until visible, activities/s';
const LATEST = 'at 0.7 of it, one activity until visible, at the longest, ms';

/** As many activities as get through, then 0.7 of that steadily, beside an earlier build. */
export const benchCostSustained = (): Promise<Figure[]> =>
  besideBaseline({ [SUSTAINED]: '≥ 2', [LATEST]: '≤ 1,000 ms' }, async (service, database) => {
    const tenant = await tenantOf(service, 'demo', USERS);
    await register(tenant, USERS + PROBES);
    const views = await viewsOf(database, service);
    const start = performance.now();
    // Whoever was not active by then would be taken for one of the probes.
    const more = (activities: number) => activities < USERS || performance.now() < start + SECONDS * 1_000;
    const sent = await sendActivities([tenant], more);
    await untilVisible(database, views, sent);
    const perSecond = sent / ((performance.now() - start) / 1_000);
    const [{ statuses }, probes] = await Promise.all([
      offer({ ...tenant, perSecond: 0.7 * perSecond, seconds: SECONDS, size: 500, seed: 1 }),
      probe(service, { seconds: SECONDS, firstUser: USERS + 1, activeBefore: USERS }),
    ]);
    if (Object.keys(statuses).join() !== '202') throw new Error(`void: answers ${JSON.stringify(statuses)}`);
    return {
      [SUSTAINED]: perSecond,
      'at 0.7 of it, one activity until visible, p50 ms': probes.p50,
      'at 0.7 of it, one activity until visible, p99 ms': probes.p99,
      [LATEST]: probes.longest,
    };
  });
