import { SCOPES, signToken } from '#platform';
import type { Target } from '../activity-sender.ts';
import { eventually } from '../eventually.ts';
import { spawnReplay } from '../replays.ts';
import type { Service } from '../service.ts';
import { Account, Ledger, type Wanted } from './ledger.ts';
import { Load, type Population, TYPES } from './load.ts';
import { EventStreamClient, PollingClient, type StreamClient } from './stream-client.ts';
import { StreamFleet } from './stream-fleet.ts';

export interface Cuts {
  readonly service: Pick<Service, 'config'>;
  /** Clients of Server-Sent Events, and clients that ask for one answer after the other. */
  readonly clients: number;
  readonly readers: number;
  /** How often each is cut off at least. */
  readonly cuts: number;
  /** How long a connection lives at most, in milliseconds. */
  readonly longestMs: number;
  /** How often all instances are restarted, one is killed, and the views are replayed. */
  readonly rounds: number;
  /** Of each of the two environments. */
  readonly population: Population;
}

/** What came of the clients of one kind. */
export interface Outcome {
  readonly clients: number;
  readonly cuts: number;
  /** How often the one that was cut off least was. */
  readonly leastCuts: number;
  readonly deliveries: number;
  /** Activities that were acknowledged, and that a client was not shown; was shown again; should not have been shown. */
  readonly missed: number;
  readonly twice: number;
  readonly foreign: number;
  /** Positions that were not known any more. */
  readonly resets: number;
  /** What answers of 429 and 503 said. */
  readonly refusals: readonly string[];
}

export interface CutsResult {
  readonly acknowledged: number;
  /** Instances of the stream that were restarted and killed, and replays that were switched to. */
  readonly restarts: number;
  readonly kills: number;
  readonly replays: number;
  readonly streams: Outcome;
  readonly polling: Outcome;
}

const ENVIRONMENTS = ['ebb', 'flow'];
const LOAD_EVERY_MS = 200;
/** How many are taken in while nobody projects them. */
const UNSEEN = 200;
const CUT_WITHIN_MS = 600_000;
// Longer than a heartbeat and the longest wait.
const NOTHING_COMES_MS = 30_000;

/**
 * Cuts clients off at random while activities flow, instances of the stream are restarted and killed and views are replayed;
 * then holds what each was shown against what was acknowledged.
 */
export async function cutStreams(given: Cuts): Promise<CutsResult> {
  const fleet = await StreamFleet.start(given.service);
  const ledger = new Ledger();
  const crowd: Crowd = { streams: [], polling: [] };
  try {
    const targets = await Promise.all(ENVIRONMENTS.map((environment) => targetOf(given, fleet, environment)));
    const loads = await Promise.all(targets.map((target) => loadOn(target, given, ledger)));
    await gather(crowd, { given, fleet, targets, ledger });
    fleet.streams.cutWithin(given.longestMs);
    for (const load of loads) load.start();
    const replays = await disturb(given, fleet, crowd);
    await goOnAlone(fleet, loads, ledger);
    fleet.streams.leaveAlone();
    const outcomes = await settle(crowd, ledger);
    return { acknowledged: ledger.acknowledged.size, ...fleet.counts, replays, ...outcomes };
  } finally {
    await Promise.allSettled([...crowd.streams, ...crowd.polling].map((client) => client.stop()));
    await fleet.killAll();
  }
}

/** The clients by kind. */
interface Crowd {
  readonly streams: StreamClient[];
  readonly polling: StreamClient[];
}

type EnvironmentTarget = Target & { readonly environment: string };

async function targetOf({ service }: Cuts, { url }: StreamFleet, environment: string): Promise<EnvironmentTarget> {
  const [secret = ''] = service.config.auth.secrets ?? [];
  const claims = { subject: 'tester', environments: [environment], scope: SCOPES.join(' '), ttl: 3_600 };
  return { url, environment, token: await signToken(secret, claims) };
}

/** With its users and workspaces. */
async function loadOn(target: EnvironmentTarget, { population }: Cuts, ledger: Ledger): Promise<Load> {
  const { environment } = target;
  const load = new Load({ environment, target, population, everyMs: LOAD_EVERY_MS, ledger });
  await load.register();
  return load;
}

interface Gathering {
  readonly given: Cuts;
  readonly fleet: StreamFleet;
  readonly targets: readonly EnvironmentTarget[];
  readonly ledger: Ledger;
}

/** Resolves when each knows where it begins. */
async function gather({ streams, polling }: Crowd, gathering: Gathering): Promise<void> {
  const { given, ledger } = gathering;
  for (let n = 0; n < given.clients + given.readers; n += 1) {
    const { wanted, target } = wantedBy(n, gathering);
    const url = new URL(pathOf(wanted), gathering.fleet.streams.url);
    const account = new Account(ledger, wanted);
    if (n < given.clients) streams.push(new EventStreamClient(await credentials(n, url, target), account));
    else polling.push(new PollingClient({ url, token: target.token }, account));
  }
  await Promise.all([...streams, ...polling].map((client) => client.start()));
}

/** Most want a user's activities, some a workspace's, those of one type, or an environment's. */
function wantedBy(n: number, { given, targets }: Gathering): { wanted: Wanted; target: EnvironmentTarget } {
  const target = targets[n % targets.length]!;
  const { environment } = target;
  const turn = Math.floor(n / targets.length);
  const [userId, workspaceId] = [1 + (turn % given.population.users), 1 + (turn % given.population.workspaces)];
  const type = TYPES[turn % TYPES.length]!;
  const kinds: Wanted[] = [{ environment }, { environment, type }, { environment, workspaceId }];
  const wanted = kinds[turn % 20] ?? (turn % 20 < 5 ? { environment, userId, type } : { environment, userId });
  return { wanted, target };
}

function pathOf({ userId, workspaceId, type }: Wanted): string {
  const owner = userId === undefined ? workspaceId && `workspaces/${workspaceId}/` : `users/${userId}/`;
  return `/api/v3/${owner ?? ''}stream${type === undefined ? '' : `?types=${type}`}`;
}

/** Every tenth comes with a ticket, as browsers do. */
async function credentials(n: number, url: URL, { token }: Target): Promise<{ url: URL; token?: string }> {
  if (n % 10 !== 9) return { url, token };
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL('/api/v3/stream-tickets', url), { method: 'POST', headers });
  const { ticket } = (await answer.json()) as { ticket: string };
  url.searchParams.set('ticket', ticket);
  return { url };
}

/** Resolves to how many replays were switched to, when all clients were cut off often enough. */
async function disturb({ service, rounds, cuts }: Cuts, fleet: StreamFleet, crowd: Crowd): Promise<number> {
  for (let round = 0; round < rounds; round += 1) {
    await fleet.restartStreams();
    await fleet.killStream();
    const { code, err } = await spawnReplay(service).ended;
    if (code !== 0) throw new Error(`the replay ended with ${code}: ${err}`);
  }
  await eventually(
    () => {
      const least = leastCuts([...crowd.streams, ...crowd.polling]);
      if (least < cuts) throw new Error(`one was cut off ${least} times`);
    },
    { within: CUT_WITHIN_MS },
  );
  return rounds;
}

/** Activities that nobody has projected yet come to the streams when there is no interface any more. */
async function goOnAlone(fleet: StreamFleet, loads: readonly Load[], { acknowledged }: Ledger): Promise<void> {
  await fleet.stopProjector();
  const before = acknowledged.size;
  await eventually(() => {
    if (acknowledged.size < before + UNSEEN) throw new Error('too few were taken in');
  });
  await Promise.all(loads.map((load) => load.stop()));
  await fleet.stopInterface();
  await Promise.all([fleet.startProjector(), fleet.restartStreams()]);
}

/** Waits until nothing is missing any more, or nothing comes any more, and says how it stands. */
async function settle({ streams, polling }: Crowd, ledger: Ledger): Promise<{ streams: Outcome; polling: Outcome }> {
  const owed = new Map([...streams, ...polling].map(({ account }) => [account, ledger.due(account.wanted)] as const));
  const complete = () => {
    const behind = [...owed].filter(([{ deliveries }, due]) => deliveries < due.length);
    if (behind.length > 0) throw new Error(`${behind.length} clients lack something`);
  };
  const delivered = () => [...owed.keys()].reduce((sum, { deliveries }) => sum + deliveries, 0);
  for (let before = -1; before < delivered();) {
    before = delivered();
    await eventually(complete, { within: NOTHING_COMES_MS }).catch(() => undefined);
  }
  for (const client of [...streams, ...polling]) await client.stop();
  const missing = ({ account }: StreamClient) => account.missing(owed.get(account) ?? []);
  return { streams: outcomeOf(streams, missing), polling: outcomeOf(polling, missing) };
}

function outcomeOf(clients: readonly StreamClient[], missing: (client: StreamClient) => number): Outcome {
  const sum = (figure: (client: StreamClient) => number) => clients.reduce((all, client) => all + figure(client), 0);
  return {
    clients: clients.length,
    cuts: sum(({ counts }) => counts.cuts),
    leastCuts: leastCuts(clients),
    deliveries: sum(({ account }) => account.deliveries),
    missed: sum(missing),
    twice: sum(({ account }) => account.twice),
    foreign: sum(({ account }) => account.foreign),
    resets: sum(({ counts }) => counts.resets),
    refusals: clients.flatMap(({ refusals }) => refusals),
  };
}

const leastCuts = (clients: readonly StreamClient[]) => Math.min(...clients.map(({ counts }) => counts.cuts));
