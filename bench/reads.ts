import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { load } from './load.ts';
import { countUsers, peopleOf, withViews, USERS, writeUsers } from './population.ts';
import { type Figure, median, rounded } from './report.ts';
import { dice } from './search-people.ts';
import type { BenchService } from './service.ts';

const CLIENTS = 64;
const SECONDS = 5;
const ROUNDS = 3;
const BATCH = 10_000;
const FAR_PAGE = 10_000;

/** Reads of users through HTTP: one by id beside a bare handler of the same query, and pages near and far. */
export function benchReads(): Promise<Figure[]> {
  return withViews(async (service, database) => {
    for (let from = 1; from <= USERS; from += BATCH) await writeUsers(database, peopleOf(from, from + BATCH - 1));
    await countUsers(database);
    await database.query('VACUUM ANALYZE users');
    return [await readsById(service), await pages(service)];
  });
}

async function readsById(service: BenchService): Promise<Figure> {
  const peer = spawn(process.execPath, [join(import.meta.dirname, 'reads-peer.ts')], {
    env: service.env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [port] = (await once(peer, 'message')) as [number];
    const bare = { url: `http://127.0.0.1:${port}`, token: service.token };
    const random = dice(1);
    const get = () => ({ method: 'GET', path: `/api/v3/users/${1 + Math.floor(random() * USERS)}`, expect: 200 });
    const rates = await alternating(
      async () => (await load(service, get, { clients: CLIENTS, seconds: SECONDS })).perSecond,
      async () => (await load(bare, get, { clients: CLIENTS, seconds: SECONDS })).perSecond,
    );
    return {
      what: `GET /users/{id}, ${CLIENTS} clients, requests/s, beside a bare Fastify and pg`,
      ours: rounded(median(rates.one)),
      beside: rounded(median(rates.other)),
      ratio: rounded(median(rates.one) / median(rates.other)),
      asked: '≥ 0.5',
    };
  } finally {
    await end(peer);
  }
}

async function pages(service: BenchService): Promise<Figure> {
  const page = (number: number) => async () => {
    const call = { method: 'GET', path: `/api/v3/users?page=${number}&page_size=50`, expect: 200 };
    return (await load(service, () => call, { clients: 1, seconds: SECONDS })).p50;
  };
  const times = await alternating(page(FAR_PAGE), page(1));
  return {
    what: `page ${rounded(FAR_PAGE)} of 50 users, p50 ms, beside page 1`,
    ours: rounded(median(times.one)),
    beside: rounded(median(times.other)),
    ratio: rounded(median(times.one.map((time, round) => time / times.other[round]!))),
    asked: '≤ 1.5',
  };
}

/** Both in turns, since a machine is never as fast again; the first turn of each is to warm up. */
async function alternating(measureOne: () => Promise<number>, measureOther: () => Promise<number>) {
  await measureOne();
  await measureOther();
  const [one, other]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    one.push(await measureOne());
    other.push(await measureOther());
  }
  return { one, other };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
