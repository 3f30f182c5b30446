import { Agent } from 'node:http';
import type pg from 'pg';
import { countUsers, peopleOf, withViews, writeUsers } from './population.ts';
import { type Figure, rounded } from './report.ts';
import type { BenchService } from './service.ts';
import { FIRST_USER, USERS } from './visible-activities.ts';
import { offer, post } from './visible-load.ts';
import { probe, type Probes } from './visible-probe.ts';
import { appliedActivities, requireActivities } from './visible-views.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 120);
const RATE = Number(process.env['BENCH_RATE'] ?? 20_000);
const A_REQUEST = 500;
const FIRST_PROBE = FIRST_USER + USERS;
const PROBES = 5_000;

/** Activities through HTTP at a steady rate until they are visible, and how long a single one among them takes. */
export function benchVisible(): Promise<Figure[]> {
  return withViews(async (service, database) => {
    await writeUsers(database, peopleOf(FIRST_USER, FIRST_PROBE + PROBES - 1));
    await countUsers(database);
    const run = await newRun(service, database);
    await run.steadily(RATE / 2, 5);
    const half = await run.steadily(RATE / 2, SECONDS / 2);
    const full = await run.steadily(RATE, SECONDS);
    return [figureOf(full, RATE, `≥ ${rounded(RATE)}`), waitOf(full, RATE), waitOf(half, RATE / 2, '≤ 1,000')];
  });
}

interface Steady {
  readonly seconds: number;
  readonly perSecond: number;
  /** Requests that were told to come again, of all. */
  readonly refused: string;
  readonly probes: Probes;
}

const figureOf = (steady: Steady, rate: number, asked: string): Figure => ({
  what: `${rounded(rate)} activities/s offered in NDJSON of ${A_REQUEST} for ${steady.seconds} s, until visible in feed, count and statistics, /s`,
  ours: rounded(steady.perSecond),
  beside: steady.refused,
  asked,
});

const waitOf = ({ probes }: Steady, rate: number, asked?: string): Figure => ({
  what: `at ${rounded(rate)}/s, one activity until visible in feed, count and statistics: p50 / p99 / longest of ${probes.times.length}, ms`,
  ours: [probes.p50, probes.p99, probes.longest].map(rounded).join(' / '),
  ...(asked !== undefined && { asked }),
});

/** Offers to one service, one after the other; void unless all of it is acknowledged, in the log and in the views. */
async function newRun(service: BenchService, database: pg.Client) {
  let accepted = await everybodyOnce(service);
  let probed = 0;
  let seed = 0;
  const steadily = async (perSecond: number, seconds: number): Promise<Steady> => {
    await shown(database, service, accepted + probed);
    const { url, token } = service;
    const start = performance.now();
    const [offered, probes] = await Promise.all([
      offer({ url, token, perSecond, seconds, size: A_REQUEST, seed: (seed += 1) }),
      probe(service, { seconds, firstUser: FIRST_PROBE + probed, activeBefore: USERS + probed }),
    ]);
    accepted += offered.accepted;
    probed += probes.times.length;
    const end = await shown(database, service, accepted + probed);
    console.log(JSON.stringify({ perSecond, ...offered, p50: probes.p50, p99: probes.p99, longest: probes.longest }));
    return {
      seconds,
      perSecond: offered.accepted / ((end - start) / 1_000),
      refused: refusedOf(offered.statuses),
      probes,
    };
  };
  return { steadily };
}

/** How many requests were refused for there being too much; void where one got any other answer. */
function refusedOf(statuses: Readonly<Record<string, number>>): string {
  const { 202: taken = 0, 429: refused = 0, ...others } = statuses;
  if (Object.keys(others).length > 0) throw new Error(`void: answers ${JSON.stringify(statuses)}`);
  return `${refused} of ${taken + refused} requests refused with 429`;
}

/** So that the number of active users stands still from then on. */
async function everybodyOnce(service: BenchService): Promise<number> {
  const agent = new Agent();
  const users = Array.from({ length: USERS }, (_, at) => ({ userId: FIRST_USER + at, type: 'first' }));
  const { accepted } = await post(agent, service, Buffer.from(users.map((user) => JSON.stringify(user)).join('\n')));
  agent.destroy();
  if (accepted !== USERS) throw new Error(`void: ${accepted} of ${USERS} accepted`);
  return accepted;
}

/** Resolves when the views show so many activities, to that moment. */
async function shown(database: pg.Client, service: BenchService, accepted: number): Promise<number> {
  while ((await appliedActivities(database, service)) < accepted) await new Promise((done) => setTimeout(done, 20));
  const at = performance.now();
  await requireActivities(database, service, accepted);
  return at;
}
