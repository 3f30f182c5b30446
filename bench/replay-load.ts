import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Call, send } from './load.ts';
import { registerUsers, USERS } from './replay.ts';
import { writeActivities } from './replay-log.ts';
import { runReplay } from './replay-run.ts';
import { type Figure, quantile, rounded } from './report.ts';
import { dice } from './search-people.ts';
import { type BenchService, withService } from './service.ts';
import { appliedActivities } from './visible-views.ts';

const ACTIVITIES = 1_000_000;
const READS_A_SECOND = 500;
const POSTS_A_SECOND = 20;
const ACTIVITIES_A_POST = 50;
const ALONE_SECONDS = 30;

/** Reads and activities at a steady rate, with and without a replay of all views beside them. */
export function benchReplayLoad(): Promise<Figure[]> {
  return withService(async (service) => {
    await registerUsers(service);
    await writeActivities(service.env, ACTIVITIES, USERS);
    await caughtUp(service);
    await traffic(service, 'warm', () => pause(15_000));
    const alone = await traffic(service, 'alone', () => pause(ALONE_SECONDS * 1_000));
    let seconds = 0;
    const beside = await traffic(service, 'beside', async () => {
      const run = await runReplay(service.env);
      if (run.outcome !== 'switched') throw new Error(`void: the replay ended as ${run.outcome}`);
      seconds = run.seconds;
    });
    const row = (what: string, ours: number, other: number): Figure => ({
      what: `${what}, p99 ms, beside the same without a replay`,
      ours: rounded(ours),
      beside: rounded(other),
      ratio: (ours / other).toFixed(2),
      asked: '≤ 2',
    });
    return [
      row(`${READS_A_SECOND} reads a second`, beside.reads, alone.reads),
      row(`${rounded(POSTS_A_SECOND * ACTIVITIES_A_POST)} activities a second`, beside.posts, alone.posts),
      { what: 'requests that failed', ours: String(beside.failed + alone.failed), asked: '0' },
      {
        what: `a replay of ${rounded(ACTIVITIES)} activities and ${rounded(USERS)} users meanwhile, events/s`,
        ours: rounded((ACTIVITIES + USERS) / seconds),
        asked: '≥ 8,000',
      },
    ];
  });
}

/** A million activities lie ahead of the views, more than what is waited for elsewhere. */
async function caughtUp(service: BenchService): Promise<void> {
  const database = new pg.Client({ connectionString: service.env['DATABASE_URL'] });
  await database.connect();
  while ((await appliedActivities(database, service)) < ACTIVITIES) await pause(250);
  await database.end();
}

/** Sends at its own pace, whatever the answers take, for as long as `meanwhile`; times count from when it was due. */
async function traffic(service: BenchService, name: string, meanwhile: () => Promise<void>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const random = dice(3);
  const user = () => 1 + Math.floor(random() * USERS);
  const reads = paced(READS_A_SECOND, agent, service, () => readOf(user()));
  let posted = 0;
  const posts = paced(POSTS_A_SECOND, agent, service, () => {
    const body = Array.from({ length: ACTIVITIES_A_POST }, () => {
      return { id: `${name}-${posted++}`, userId: user(), type: 'page.viewed' };
    });
    return { method: 'POST', path: '/api/v3/activities', body, expect: 202 };
  });
  await meanwhile();
  const [read, post] = [await reads.end(), await posts.end()];
  agent.destroy();
  return { reads: read.p99, posts: post.p99, failed: read.failed + post.failed };
}

function readOf(user: number): Call {
  const paths = [`users/${user}`, `users/${user}/activities?limit=20`, `users/${user}/activities/count`];
  return { method: 'GET', path: `/api/v3/${paths[user % paths.length]}`, expect: 200 };
}

function paced(perSecond: number, agent: Agent, service: BenchService, call: () => Call) {
  const times: number[] = [];
  const under = new Set<Promise<void>>();
  let [due, failed] = [performance.now(), 0];
  const timer = setInterval(() => {
    for (; due <= performance.now(); due += 1_000 / perSecond) {
      const began = due;
      const sent: Promise<void> = send(agent, service, call())
        .then(
          () => void times.push(performance.now() - began),
          (error: Error) => {
            failed += 1;
            console.error(error.message);
          },
        )
        .finally(() => under.delete(sent));
      under.add(sent);
    }
  }, 2);
  return {
    async end() {
      clearInterval(timer);
      await Promise.all(under);
      return { p99: quantile(times, 0.99), failed };
    },
  };
}
