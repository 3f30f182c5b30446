import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { registerUsers } from '../test/support/activity-sender.ts';
import { activityOf } from './traffic-bodies.ts';
import { type Heavy, heavyBodies } from './exhaust-bodies.ts';
import { type Call, load, send } from './load.ts';
import { whileWatching } from './memory.ts';
import { type Figure, median, rounded } from './report.ts';
import { type BenchService, commandLine, withService } from './service.ts';

const USERS = 100;
const ROUNDS = 5;
const SECONDS = 4;
const STALLED = 8;
const HALF_SENT = 60;
const MEBIBYTE = 1024 * 1024;
/** So many of each heavy body are sent at the same time: what one environment has room for. */
const AT_ONCE = 4;

/** What one environment can do to the others, and to all, with bodies that never end or that are much work to read. */
export function benchExhaust(): Promise<Figure[]> {
  return withService(async (service) => {
    const greedy = await commandLine(service, 'token', '--environment', 'greedy');
    await registerUsers(service, USERS);
    return [...(await besideStalled(service, greedy)), ...(await besideHeavy(service, greedy))];
  });
}

/** What others ask meanwhile: activities, a user, and a name that changes. */
function othersCall(round: number) {
  return (n: number): Call => {
    const id = 1 + (n % USERS);
    if (n % 3 === 0) {
      return { method: 'POST', path: '/api/v3/activities', body: activityOf(`r${round}`, n, 0, USERS), expect: 202 };
    }
    if (n % 3 === 1) return { method: 'GET', path: `/api/v3/users/${id}`, expect: 200 };
    return { method: 'PATCH', path: `/api/v3/users/${id}`, body: { firstName: `n${n}` }, expect: 200 };
  };
}

/** Without and with the stalled ones by turns. */
async function besideStalled(service: BenchService, greedy: string): Promise<Figure[]> {
  const p99s: { alone: number[]; beside: number[] } = { alone: [], beside: [] };
  const memory = { alone: 0, beside: 0 };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const sides = ['alone', 'beside'] as const;
    for (const side of sides) {
      const open = side === 'beside' ? await openStalled(service, greedy) : [];
      const watched = await whileWatching(service.pid, () =>
        load(service, othersCall(round), { clients: 8, seconds: SECONDS }),
      );
      open.forEach((socket) => socket.destroy());
      // The first turn of each is to warm up.
      if (round === 0) continue;
      p99s[side].push(watched.result.p99);
      memory[side] = Math.max(memory[side], watched.memory);
    }
  }
  const what = `${STALLED} uploads that announce 8 MiB and send a byte, ${HALF_SENT} half-sent users of 64 KiB and of 8 MiB`;
  return [
    {
      what: `${what}: p99 of other environments' requests in ms, beside without them`,
      ours: rounded(median(p99s.beside)),
      beside: rounded(median(p99s.alone)),
      ratio: (median(p99s.beside) / median(p99s.alone)).toFixed(2),
      asked: '≤ 1.5',
    },
    {
      what: 'the same: largest memory of the process in MiB, beside without them',
      ours: rounded(memory.beside),
      beside: rounded(memory.alone),
      ratio: `+ ${(memory.beside - memory.alone).toFixed(1)}`,
      asked: '+ ≤ 64',
    },
  ];
}

async function openStalled(service: BenchService, token: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const open = async (path: string, length: number, sent: Buffer) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    sockets.push(socket.resume());
    await once(socket, 'connect');
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
    socket.write(sent);
  };
  for (let n = 0; n < STALLED; n += 1) await open('/api/v3/activities', 8 * MEBIBYTE, Buffer.from('['));
  for (let n = 0; n < HALF_SENT; n += 1) {
    await open('/api/v3/users', 64 * 1024, Buffer.alloc(32 * 1024, ' '));
    await open('/api/v3/users', 8 * MEBIBYTE, Buffer.alloc(4 * MEBIBYTE, ' '));
  }
  await pause(500);
  return sockets;
}

/** The longest that `/health/live` waited while each of the bodies was read, and which it was. */
async function besideHeavy(service: BenchService, token: string): Promise<Figure[]> {
  const waits: { name: string; ms: number; statuses: string }[] = [];
  for (const heavy of heavyBodies()) {
    const { ms, statuses } = await longestWait(service, () => sendHeavy(service, token, heavy));
    waits.push({ name: heavy.name, ms, statuses });
    console.log(`${heavy.name}: ${ms.toFixed(0)} ms, answers ${statuses}`);
  }
  const [worst] = waits.sort((a, b) => b.ms - a.ms);
  return [
    {
      what: `/health/live while ${waits.length} kinds of heavy bodies are read, ${AT_ONCE} at once: longest wait in ms (${worst!.name})`,
      ours: rounded(worst!.ms),
      asked: '≤ 250',
    },
  ];
}

async function longestWait(service: BenchService, work: () => Promise<string>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isOver = false;
  let ms = 0;
  const asking = (async () => {
    while (!isOver) {
      const began = performance.now();
      await send(agent, service, { method: 'GET', path: '/health/live', expect: 200 });
      ms = Math.max(ms, performance.now() - began);
      await pause(1);
    }
  })();
  const statuses = await work();
  isOver = true;
  await asking;
  agent.destroy();
  return { ms, statuses };
}

async function sendHeavy({ url }: BenchService, token: string, heavy: Heavy): Promise<string> {
  const one = () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': heavy.mediaType,
      'content-length': heavy.body.length,
      ...(heavy.coding && { 'content-encoding': heavy.coding }),
    };
    const sent = request(url + heavy.path, { agent: false, method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    sent.on('error', () => resolve(0)).end(heavy.body);
    return promise;
  };
  return (await Promise.all(Array.from({ length: AT_ONCE }, one))).join();
}
