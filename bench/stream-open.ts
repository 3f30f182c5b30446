import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { type Figure, median, quantile, rounded } from './report.ts';
import { type BenchService, startStream, stopApp } from './service.ts';
import { MARK, openClients } from './stream-clients.ts';
import { ASKABLE, type Memory, memoryOf } from './stream-memory.ts';
import { FIRST_USER, USERS } from './visible-activities.ts';
import { offer, post } from './visible-load.ts';

const COUNTS = [10_000, 50_000] as const;
const WARM_UP = 1_000;
const A_REQUEST = 500;
/** File descriptors for everything that is no stream. */
const OTHER_FILES = 500;

const RATE = 5_000;
const LISTENING = 5_000;
const SECONDS = 20;
const WARM_UP_SECONDS = 5;

// One environment has them all, and by default may have half of what an instance takes.
const UNBOUNDED = { STREAM_MAX_OPEN: '100000', STREAM_MAX_OPEN_PER_ENVIRONMENT: '100000' };

const pathsOf = (streams: number) =>
  Array.from({ length: streams }, (_, at) => `/api/v3/users/${FIRST_USER + (at % USERS)}/stream`);

/** What an instance holds for streams on which nothing happens, and that all of them are served. */
export async function memoryOfStreams(service: BenchService): Promise<Figure[]> {
  const most = openFiles() - OTHER_FILES;
  const figures: Figure[] = [];
  for (const count of COUNTS) {
    const what = `${rounded(count)} open streams on one instance`;
    if (count <= most) figures.push(...(await memoryWith(service, count, what)));
    else figures.push({ what, ours: `not on this machine: a process has ${rounded(openFiles())} file descriptors` });
  }
  return figures;
}

async function memoryWith(service: BenchService, count: number, what: string): Promise<Figure[]> {
  const { app, port } = await startStream(service, { env: UNBOUNDED, flags: ASKABLE });
  const open = (streams: number) => openClients({ port, token: service.token, paths: pathsOf(streams) });
  try {
    await (await open(WARM_UP)).stop();
    const before = await memoryOf(app);
    const clients = await open(count);
    const idle = await memoryOf(app);
    await everybodyActs(service);
    const { served } = await clients.until(count);
    const after = await memoryOf(app);
    await clients.stop();
    const kilobytes = (held: Memory, kind: keyof Memory) => rounded((held[kind] - before[kind]) / 1_024 / count);
    return [
      { what: `${what}: resident memory of the process each, KB`, ours: kilobytes(idle, 'rss'), asked: '≤ 16' },
      {
        what: `${what}: heap / outside of it each, KB`,
        ours: `${kilobytes(idle, 'heapUsed')} / ${kilobytes(idle, 'external')}`,
      },
      { what: `${what}: resident memory each, once each has had an activity, KB`, ours: kilobytes(after, 'rss') },
      { what: `${what}: streams that get their user's activity`, ours: rounded(served), asked: rounded(count) },
    ];
  } finally {
    await stopApp(app);
  }
}

/** One activity of each user. */
async function everybodyActs(service: BenchService): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let first = FIRST_USER; first < FIRST_USER + USERS; first += A_REQUEST) {
    const lines = Array.from({ length: A_REQUEST }, (_, at) =>
      JSON.stringify({ userId: first + at, type: 'page.viewed', data: { mark: MARK } }),
    );
    const { accepted } = await post(agent, service, Buffer.from(lines.join('\n')));
    if (accepted !== A_REQUEST) throw new Error(`void: ${accepted} of ${A_REQUEST} accepted`);
  }
  agent.destroy();
}

/** From the time that the log gave an activity to its arrival at its user's stream. */
export async function agesOf(service: BenchService): Promise<Figure[]> {
  const { app, port } = await startStream(service, { env: UNBOUNDED });
  const clients = await openClients({ port, token: service.token, paths: pathsOf(LISTENING), timed: true });
  const offered = { ...service, perSecond: RATE, size: RATE / 50, users: LISTENING };
  let expected = 0;
  const offerFor = async (seconds: number, seed: number) => {
    const { accepted, statuses } = await offer({ ...offered, seconds, seed });
    if (Object.keys(statuses).join() !== '202') throw new Error(`void: answers ${JSON.stringify(statuses)}`);
    return clients.until((expected += accepted));
  };
  try {
    await offerFor(WARM_UP_SECONDS, 1);
    const { ages } = await offerFor(SECONDS, 2);
    return [
      {
        what: `${rounded(LISTENING)} open streams, ${rounded(RATE)} activities/s among their users: from the log to the client, p50 / p99 / longest of ${rounded(ages.length)}, ms`,
        ours: [median(ages), quantile(ages, 0.99), quantile(ages, 1)].map(rounded).join(' / '),
        asked: '≤ 15 / ≤ 100',
      },
    ];
  } finally {
    await clients.stop();
    await stopApp(app);
  }
}

function openFiles(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}
