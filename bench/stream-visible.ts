import { Agent } from 'node:http';
import type pg from 'pg';
import { type Figure, median, rounded } from './report.ts';
import { type BenchService, startStream, stopApp } from './service.ts';
import { openClients } from './stream-clients.ts';
import { activityBodies, FIRST_USER, USERS } from './visible-activities.ts';
import { post } from './visible-load.ts';
import { appliedActivities } from './visible-views.ts';

const LISTENERS = 1_000;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const ACTIVITIES = 60_000;
const A_REQUEST = 500;
const SENDERS = 8;

/** As many activities as get through until visible, of all users, with and without clients that listen to some of them. */
export async function besideListeners(service: BenchService, database: pg.Client): Promise<Figure[]> {
  const { app, port } = await startStream(service);
  const [alone, listened]: number[][] = [[], []];
  const paths = Array.from({ length: LISTENERS }, (_, at) => `/api/v3/users/${FIRST_USER + at}/stream`);
  let seed = 10;
  const visible = () => visiblePerSecond(service, database, (seed += 1));
  try {
    await visible();
    for (let round = 1; round <= ROUNDS; round += 1) {
      alone!.push(await visible());
      const clients = await openClients({ port, token: service.token, paths, timed: true });
      listened!.push(await visible());
      await clients.stop();
    }
  } finally {
    await stopApp(app);
  }
  return [
    {
      what: `activities of ${rounded(USERS)} users until visible, /s, with ${rounded(LISTENERS)} clients that listen to one each, beside none`,
      ours: rounded(median(listened!)),
      beside: rounded(median(alone!)),
      ratio: (median(listened!) / median(alone!)).toFixed(2),
      asked: '≥ 0.9',
    },
  ];
}

async function visiblePerSecond(service: BenchService, database: pg.Client, seed: number): Promise<number> {
  const wanted = (await appliedActivities(database, service)) + ACTIVITIES;
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  const nextBody = activityBodies(A_REQUEST, seed);
  const start = performance.now();
  let requests = ACTIVITIES / A_REQUEST;
  const sender = async () => {
    while (requests > 0) {
      requests -= 1;
      const { status, accepted } = await post(agent, service, Buffer.from(nextBody()));
      if (accepted !== A_REQUEST) throw new Error(`void: answered ${status}, ${accepted} accepted`);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  while ((await appliedActivities(database, service)) < wanted) await new Promise((done) => setTimeout(done, 10));
  agent.destroy();
  return ACTIVITIES / ((performance.now() - start) / 1_000);
}
