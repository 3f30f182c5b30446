import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { FOLD_NAMES, Namespace } from '#platform';
import { send } from './load.ts';
import { writeActivities, type Written } from './replay-log.ts';
import { copySeconds, emmettRate } from './replay-peers.ts';
import { type Run, runReplay } from './replay-run.ts';
import { type Figure, rounded } from './report.ts';
import { personOf } from './search-people.ts';
import { type BenchService, freshEnvironment, startApp, stopApp, withDatabase, withService } from './service.ts';

const ACTIVITIES = 2_000_000;
export const USERS = 100_000;
const BATCH = 10_000;
const EMMETT_EVENTS = 20_000;
const SCALES = [1_000_000, 4_000_000] as const;

/** All views from 2,000,000 activities and 100,000 users, beside the live projection, COPY and emmett-postgresql. */
export async function benchReplay(): Promise<Figure[]> {
  const env = await withService(async (service) => {
    await registerUsers(service);
    return service.env;
  });
  return withDatabase(async (database) => {
    const written = await writeActivities(env, ACTIVITIES, USERS);
    const records = written.records + USERS;
    const live = records / say('live projection, s', await projectAnew(database, env));
    const run = await runReplay(env);
    requireSwitched(run);
    say('replay, s', run.seconds);
    await requireCounts(database, env, written);
    const copied = say('COPY, s', await copySeconds(database, schemasOf(env)));
    const emmett = say('emmett, events/s', await emmettRate(database, EMMETT_EVENTS));
    return figuresOf(records, run, { live, copied, emmett });
  });
}

/** What was measured on the way stays readable where a later part fails. */
function say(what: string, value: number): number {
  console.log(`${what}: ${rounded(value)}`);
  return value;
}

function figuresOf(
  records: number,
  run: Run,
  { live, copied, emmett }: { live: number; copied: number; emmett: number },
): Figure[] {
  const rate = records / run.seconds;
  const what = `${rounded(ACTIVITIES)} activities and ${rounded(USERS)} users, compared and switched, events/s`;
  const beside = (name: string, other: number, asked: string): Figure => ({
    what: `the same beside ${name}`,
    ours: rounded(rate),
    beside: rounded(other),
    ratio: (rate / other).toFixed(2),
    asked,
  });
  return [
    { what, ours: rounded(rate), asked: '≥ 50,000' },
    beside('the live projection of the same log', live, '≥ 2.5'),
    beside('COPY of the same rows into the same indexed tables', records / copied, '≥ 0.30'),
    beside(`emmett-postgresql's rebuild, of ${rounded(EMMETT_EVENTS)} events that count alone`, emmett, '≥ 10'),
    { what: 'the most memory that the process of the replay held, MB', ours: rounded(run.memory), asked: '≤ 400' },
  ];
}

/** 100,000 users, from whom activities come. */
export async function registerUsers(service: BenchService): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let from = 1; from <= USERS; from += BATCH) {
    const body = Array.from({ length: BATCH }, (_, at) => personOf(from + at));
    const call = { method: 'POST', path: '/api/v3/users/batch', body, expect: 200 };
    const { created } = JSON.parse(await send(agent, service, call)) as { created: number };
    if (created !== BATCH) throw new Error(`void: ${created} of ${BATCH} users created`);
  }
  agent.destroy();
}

const schemasOf = (env: NodeJS.ProcessEnv) => {
  const namespace = new Namespace(env['TIDEMARK_NAMESPACE']!);
  return FOLD_NAMES.map((fold) => namespace.views(fold));
};

/** The seconds in which a projector makes all views from the log, of which there are none any more. */
async function projectAnew(database: pg.Client, env: NodeJS.ProcessEnv): Promise<number> {
  for (const schema of schemasOf(env)) await database.query(`DROP SCHEMA "${schema}" CASCADE`);
  const begin = performance.now();
  const projector = await startApp({ env, app: 'projector' });
  for (;;) {
    const { rows } = await database.query<{ left: string }>(
      schemasOf(env)
        .map(
          (schema, at) => `SELECT sum(complete_at - position) AS left FROM "${schema}".${FOLD_NAMES[at]}_checkpoints`,
        )
        .join(' UNION ALL '),
    );
    if (rows.every(({ left }) => Number(left) === 0)) break;
    await pause(100);
  }
  const seconds = (performance.now() - begin) / 1_000;
  await stopApp(projector);
  return seconds;
}

function requireSwitched({ outcome }: Run): void {
  if (outcome !== 'switched') throw new Error(`void: the replay ended as ${outcome}`);
}

async function requireCounts(database: pg.Client, env: NodeJS.ProcessEnv, { counts }: Written): Promise<void> {
  const { rows } = await database.query<{ user: string; n: string }>(
    `SELECT user_id AS "user", sum(activities) AS n FROM "${schemasOf(env)[1]}".activity_totals GROUP BY user_id`,
  );
  const found = new Uint32Array(counts.length);
  for (const { user, n } of rows) found[Number(user)] = Number(n);
  const wrong = counts.findIndex((count, user) => count !== found[user]);
  if (wrong >= 0) throw new Error(`void: user ${wrong} has ${found[wrong]} activities instead of ${counts[wrong]}`);
}

/** The time per event of a long log beside that of a shorter one; there are no live views to compare with. */
export function benchReplayScale(): Promise<Figure[]> {
  return withDatabase(async (database) => {
    const runs: Run[] = [];
    for (const activities of SCALES) {
      const env = await freshEnvironment();
      const written = await writeActivities(env, activities, USERS);
      runs.push(await runReplay(env, '--view', 'activities'));
      say(`replay of ${activities}, s`, runs.at(-1)!.seconds);
      await requireCounts(database, env, written);
      await database.query(`DROP SCHEMA "${schemasOf(env)[1]}" CASCADE`);
    }
    const cost = runs.map(({ seconds }, at) => (seconds * 1e6) / SCALES[at]!);
    return [
      {
        what: 'µs an activity of 4,000,000 beside those of 1,000,000',
        ours: rounded(cost[1]!),
        beside: rounded(cost[0]!),
        ratio: (cost[1]! / cost[0]!).toFixed(2),
        asked: '≤ 1.10',
      },
      {
        what: 'the most memory of the process, MB, beside the same of 1,000,000',
        ours: rounded(runs[1]!.memory),
        beside: rounded(runs[0]!.memory),
        ratio: (runs[1]!.memory / runs[0]!.memory).toFixed(2),
        asked: '≤ 400 MB',
      },
    ];
  });
}
