import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuOf, cpuSeconds } from './cost-clock.ts';
import { send } from './load.ts';
import { type Figure, median, rounded } from './report.ts';
import type { BenchService } from './service.ts';
import { startStream, stopApp } from './service.ts';
import { MARK, openClients } from './stream-clients.ts';
import { type Peer, startNchan, startNestSse } from './stream-peers.ts';
import { FIRST_USER } from './visible-activities.ts';
import { post } from './visible-load.ts';

const CLIENTS = 1_000;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** Activities that come at once, and how often they do. */
const LOADS = [
  { atOnce: 1, times: 100 },
  { atOnce: 50, times: 10 },
] as const;
const EVERY_MS = 50;

/** Whoever hands activities of one channel to many clients. */
interface Contender {
  readonly name: string;
  readonly port: number;
  readonly token?: string;
  readonly path: string;
  publish(activities: number): Promise<void>;
  /** CPU seconds that the work takes: of the serving process, and with what it asks of other servers. */
  cpuOf(work: () => Promise<void>): Promise<{ own: number; all: number }>;
  stop(): Promise<void>;
}

/** Deliveries a CPU second, by load. */
interface Cost {
  readonly own: readonly number[];
  readonly all: readonly number[];
}

/** One user's activities to a thousand clients, beside what hands messages out and does nothing else. */
export async function fanOut(service: BenchService): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ours = await ourStream(service, agent);
  const contenders = [ours];
  try {
    const example = await exampleOf(ours, service, agent);
    for (const peer of [await startNchan(), await startNestSse()])
      if (peer) contenders.push(contenderOf(peer, example, agent));
    const costs = await inTurns(contenders);
    return LOADS.flatMap((_, load) => figuresOf(contenders, costs, load));
  } finally {
    for (const contender of contenders) await contender.stop();
    agent.destroy();
  }
}

/** The medians of rounds in which each has its turn; the first is to warm up. */
async function inTurns(contenders: readonly Contender[]): Promise<Cost[]> {
  const rounds: Cost[][] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const costs: Cost[] = [];
    for (const contender of contenders) costs.push(await costOf(contender));
    console.log(JSON.stringify({ round, ...Object.fromEntries(contenders.map(({ name }, at) => [name, costs[at]])) }));
    if (round > 0) rounds.push(costs);
  }
  return contenders.map((_, at) => ({
    own: LOADS.map((_load, load) => median(rounds.map((costs) => costs[at]!.own[load]!))),
    all: LOADS.map((_load, load) => median(rounds.map((costs) => costs[at]!.all[load]!))),
  }));
}

/** Void unless every client is handed everything, once. */
async function costOf({ port, token, path, publish, cpuOf }: Contender): Promise<Cost> {
  const clients = await openClients({ port, token, paths: Array<string>(CLIENTS).fill(path) });
  const cost = { own: [] as number[], all: [] as number[] };
  let expected = 0;
  for (const { atOnce, times } of LOADS) {
    const { own, all } = await cpuOf(async () => {
      for (let time = 0; time < times; time += 1) {
        const next = pause(EVERY_MS);
        await publish(atOnce);
        await clients.until((expected += atOnce * CLIENTS));
        await next;
      }
    });
    cost.own.push((atOnce * times * CLIENTS) / own);
    cost.all.push((atOnce * times * CLIENTS) / all);
  }
  await clients.stop();
  return cost;
}

function figuresOf(contenders: readonly Contender[], costs: readonly Cost[], load: number): Figure[] {
  const { atOnce } = LOADS[load]!;
  const [ours, ...peers] = costs as [Cost, ...Cost[]];
  const what = `${rounded(CLIENTS)} clients of one user's stream, ${atOnce === 1 ? 'activities one by one' : `${atOnce} activities at once`}: deliveries a CPU second`;
  const own = peers.map((peer, at): Figure => {
    const { name } = contenders[at + 1]!;
    const ratio = (ours.own[load]! / peer.own[load]!).toFixed(2);
    const asked = name.startsWith('nginx') ? '≥ 1.0' : '≥ 5';
    return {
      what: `${what} of the serving process, beside ${name}`,
      ours: rounded(ours.own[load]!),
      beside: rounded(peer.own[load]!),
      ratio,
      asked,
    };
  });
  const all = `${what} of the process and of all that Postgres and Redis do meanwhile, the projector's rows included`;
  return [...own, { what: all, ours: rounded(ours.all[load]!) }];
}

async function ourStream(service: BenchService, agent: Agent): Promise<Contender> {
  const { app, pid, port } = await startStream(service);
  return {
    name: 'Tidemark',
    port,
    token: service.token,
    path: `/api/v3/users/${FIRST_USER}/stream`,
    async publish(activities) {
      const line = `${JSON.stringify({ userId: FIRST_USER, type: 'page.viewed', data: { path: '/docs/section/page', mark: MARK } })}\n`;
      const { accepted } = await post(agent, service, Buffer.from(line.repeat(activities)));
      if (accepted !== activities) throw new Error(`void: ${accepted} of ${activities} accepted`);
    },
    async cpuOf(work) {
      const { interface: own, Postgres, Redis } = await cpuOf({ pid, projectorPid: service.projectorPid }, work);
      return { own, all: own + Postgres + Redis };
    },
    stop: () => stopApp(app),
  };
}

/** An activity as it is published, and an id as long as a position of ours. */
async function exampleOf(ours: Contender, service: BenchService, agent: Agent): Promise<string> {
  await ours.publish(1);
  const path = `/api/v3/users/${FIRST_USER}/activities?limit=1`;
  for (;;) {
    const [activity] = JSON.parse(await send(agent, service, { method: 'GET', path, expect: 200 })) as object[];
    if (activity) return JSON.stringify(activity);
    await pause(20);
  }
}

function contenderOf(peer: Peer, example: string, agent: Agent): Contender {
  const base = { url: `http://127.0.0.1:${peer.port}`, token: '' };
  const call = { method: 'POST', path: peer.publishPath, body: JSON.parse(example) as unknown };
  return {
    name: peer.name,
    port: peer.port,
    path: peer.streamPath,
    async publish(activities) {
      await Promise.all(Array.from({ length: activities }, () => send(agent, base, { ...call, expect: 201 })));
    },
    async cpuOf(work) {
      const before = cpuSeconds(peer.pid);
      await work();
      const own = cpuSeconds(peer.pid) - before;
      return { own, all: own };
    },
    stop: () => peer.stop(),
  };
}
