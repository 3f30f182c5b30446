import { Agent } from 'node:http';
import type { Client } from 'pg';
import { send } from './load.ts';
import { personOf } from './search-people.ts';
import { type BenchService, commandLine } from './service.ts';
import { post } from './visible-load.ts';

const A_REQUEST = 1_000;
const CLIENTS = 8;
const USERS_A_BATCH = 10_000;
/** How many users are asked for their counts at the end. */
const ASKED = 100;

/** An environment whose users act, from 1 up to so many. */
export interface Tenant {
  readonly url: string;
  readonly token: string;
  readonly users: number;
}

export async function tenantOf(service: BenchService, environment: string, users: number): Promise<Tenant> {
  const token = await commandLine(service, 'token', '--environment', environment);
  return { url: service.url, token, users };
}

/** In batches, each of which is answered when all of its users can be searched for. */
export async function register(tenant: Tenant, users = tenant.users): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let from = 1; from <= users; from += USERS_A_BATCH) {
    const size = Math.min(USERS_A_BATCH, users - from + 1);
    const body = Array.from({ length: size }, (_, at) => personOf(from + at));
    const call = { method: 'POST', path: '/api/v3/users/batch', body, expect: 200 };
    const { created } = JSON.parse(await send(agent, tenant, call)) as { created: number };
    if (created !== size) throw new Error(`void: ${created} of ${size} users created`);
  }
  agent.destroy();
}

/**
 * Sends as long as `more` says so, of how many there are; half to the first tenant, the others take turns. Resolves to how
 * many were sent, all of them acknowledged.
 */
export async function sendActivities(
  tenants: readonly Tenant[],
  more: (activities: number) => boolean,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const sent = tenants.map(() => 0);
  let requests = 0;
  const client = async () => {
    while (more(requests * A_REQUEST)) {
      const at = placeOf(requests++, tenants.length);
      const tenant = tenants[at]!;
      const body = bodyOf(tenant, sent[at]!);
      sent[at]! += A_REQUEST;
      const { status, accepted } = await post(agent, tenant, body);
      if (accepted !== A_REQUEST) throw new Error(`void: answered ${status}, ${accepted} accepted`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return requests * A_REQUEST;
}

const placeOf = (request: number, tenants: number) =>
  tenants === 1 || request % 2 === 0 ? 0 : 1 + (((request - 1) / 2) % (tenants - 1));

/** Neighbours are of users far apart, each user has as many as every other, and of four types. */
function bodyOf({ users }: Tenant, from: number): Buffer {
  const lines = Array.from({ length: A_REQUEST }, (_, at) => {
    const number = from + at;
    const user = 1 + ((number * 7_919) % users);
    const type = `kind.${Math.floor(number / users) % 4}`;
    const data = `{"path":"/docs/section/page","milliseconds":123}`;
    return `{"id":"${String(number).padStart(10, '0')}","userId":${user},"type":"${type}","data":${data}}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** The schema of the views of activities, whichever version of them the build has. */
export async function viewsOf(database: Client, { env }: BenchService): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ ('^' || $1 || '_activities_v[0-9]+$')`,
    [env['TIDEMARK_NAMESPACE']],
  );
  return rows[0]!.name;
}

/** Resolves when so many activities are in the views. */
export async function untilVisible(database: Client, views: string, activities: number): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ applied: string }>(
      `SELECT sum(position) AS applied FROM ${views}.activities_checkpoints`,
    );
    if (Number(rows[0]!.applied) >= activities) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Void unless some of the users have as many activities as were sent of each. */
export async function requireCounts(tenant: Tenant, ofEach: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let user = 1; user <= tenant.users; user += Math.ceil(tenant.users / ASKED)) {
    const call = { method: 'GET', path: `/api/v3/users/${user}/activities/count`, expect: 200 };
    const { count } = JSON.parse(await send(agent, tenant, call)) as { count: number };
    if (count !== ofEach) throw new Error(`void: user ${user} has ${count} activities instead of ${ofEach}`);
  }
  agent.destroy();
}
