import { Agent } from 'node:http';
import type pg from 'pg';
import { insertPeerRows, makePeerTable, readPeerRows } from './catch-up-peer.ts';
import { countUsers, peopleOf, withViews, writeUsers } from './population.ts';
import { type Figure, median, rounded } from './report.ts';
import type { BenchService } from './service.ts';
import { activityBodies, FIRST_USER, USERS } from './visible-activities.ts';
import { post } from './visible-load.ts';
import { appliedActivities, dropActivityViews, requireActivities } from './visible-views.ts';

const ACTIVITIES = Number(process.env['BENCH_ACTIVITIES'] ?? 1_000_000);
const A_REQUEST = 1_000;
const CLIENTS = 4;
const ROUNDS = 3;
/** As many rows as the fold takes in one transaction. */
const BATCH = 2_000;

/** How fast the live projection takes what lies in the log, beside a bare loop of its one largest statement. */
export function benchCatchUp(): Promise<Figure[]> {
  return withViews(async (service, database) => {
    await writeUsers(database, peopleOf(FIRST_USER, FIRST_USER + USERS - 1));
    await countUsers(database);
    await service.stopProjector();
    console.log(`taken in: ${rounded(await produce(service))}/s`);
    const [ours, peers]: [number[], number[]] = [[], []];
    ours.push(await catchUp(service, database));
    const rows = await readPeerRows(database, BATCH);
    for (let round = 0; round < ROUNDS; round += 1) {
      await makePeerTable(database);
      peers.push(await insertPeerRows(database, rows));
      if (round > 0) ours.push(await catchUp(service, database));
      console.log(`round ${round + 1}: ours ${rounded(ours.at(-1)!)}/s, the loop ${rounded(peers.at(-1)!)}/s`);
    }
    return [
      {
        what: `${rounded(ACTIVITIES)} activities of ${rounded(USERS)} users from the log into feed, counts and figures, /s, beside a bare loop of UNNEST … ON CONFLICT into the feed's table alone`,
        ours: rounded(median(ours)),
        beside: rounded(median(peers)),
        ratio: (median(ours) / median(peers)).toFixed(2),
        asked: '≥ 0.6',
      },
    ];
  });
}

/** Through the door, with the projector stopped. Resolves to activities a second. */
async function produce(service: BenchService): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const start = performance.now();
  let left = ACTIVITIES / A_REQUEST;
  const client = async (_: unknown, number: number) => {
    const nextBody = activityBodies(A_REQUEST, number + 1);
    while (left-- > 0) {
      const { status, accepted } = await post(agent, service, nextBody());
      if (accepted !== A_REQUEST) throw new Error(`void: answered ${status}, ${accepted} accepted`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return ACTIVITIES / ((performance.now() - start) / 1_000);
}

/** Into views that are empty at the beginning; from the first record that is applied to the last. Activities a second. */
async function catchUp(service: BenchService, database: pg.Client): Promise<number> {
  await service.stopProjector();
  await dropActivityViews(database, service);
  const starting = service.startProjector();
  const start = await until(database, service, (applied) => applied > 0);
  const end = await until(database, service, (applied) => applied >= ACTIVITIES);
  await starting;
  await requireActivities(database, service, ACTIVITIES);
  return (ACTIVITIES - start.applied) / ((end.at - start.at) / 1_000);
}

async function until(database: pg.Client, service: BenchService, reached: (applied: number) => boolean) {
  for (;;) {
    const applied = await appliedActivities(database, service);
    if (reached(applied)) return { applied, at: performance.now() };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
