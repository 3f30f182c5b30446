import { Agent } from 'node:http';
import { load, send } from './load.ts';
import { type Figure, median, rounded } from './report.ts';
import { type BenchService, withService } from './service.ts';

const USERS = 10_000;
const ROUNDS = 7;

/** Commands through HTTP, each answered when the views show it: registering in batches, then patching. */
export function benchCommands(): Promise<Figure[]> {
  return withService(async (service) => {
    const batches: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) batches.push(await registerBatch(service, round));
    const patch = (n: number) => ({
      method: 'PATCH',
      path: `/api/v3/users/${(n % USERS) + 1}`,
      body: { firstName: `Name ${n}` },
      expect: 200,
    });
    await load(service, patch, { clients: 64, seconds: 3 });
    const many = await load(service, patch, { clients: 64, seconds: 15 });
    const one = await load(service, patch, { clients: 1, seconds: 5 });
    return [
      {
        what: `batches of ${rounded(USERS)} users until visible, search included, users/s`,
        ours: rounded(median(batches)),
        asked: '≥ 5,000',
      },
      { what: '64 clients patch distinct users, commands/s', ours: rounded(many.perSecond), asked: '≥ 1,500' },
      { what: '64 clients patch distinct users, p50 ms', ours: rounded(many.p50), asked: '≤ 45' },
      { what: 'one client patches, p50 ms', ours: rounded(one.p50), asked: '≤ 12' },
    ];
  });
}

async function registerBatch(service: BenchService, round: number): Promise<number> {
  const users = Array.from({ length: USERS }, (_, n) => ({
    username: `user${round}x${n}`,
    email: `user${round}x${n}@example.com`,
    firstName: `First ${n % 97}`,
    lastName: `Last ${n % 1009}`,
  }));
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  const call = { method: 'POST', path: '/api/v3/users/batch', body: users, expect: 200 };
  const answer = JSON.parse(await send(agent, service, call)) as { created: number };
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  if (answer.created !== USERS) throw new Error(`void: ${answer.created} of ${USERS} created`);
  return USERS / seconds;
}
