import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { activityBodies } from './visible-activities.ts';

/** Batches of activities offered at a steady rate, whatever becomes of those before. */
export interface Offer {
  readonly url: string;
  readonly token: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Activities a request. */
  readonly size: number;
  readonly seed: number;
  /** How many users act; by default all. */
  readonly users?: number;
}

/** What came of it: activities acknowledged, requests by status, and how late the latest request was sent, in ms. */
export interface Offered {
  readonly accepted: number;
  readonly statuses: Record<string, number>;
  readonly latestMs: number;
  readonly seconds: number;
}

/** Offers from a process of its own. */
export async function offer(wanted: Offer): Promise<Offered> {
  const child = fork(import.meta.filename);
  child.send(wanted);
  const [result] = (await once(child, 'message')) as [Offered];
  return result;
}

/** Sends one body of NDJSON; resolves to the status and how many were acknowledged. */
export function post(agent: Agent, { url, token }: Pick<Offer, 'url' | 'token'>, body: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; accepted: number }>();
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-ndjson',
    'content-length': body.length,
  };
  const sent = request(`${url}/api/v3/activities`, { agent, method: 'POST', headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => (text += part));
    answer.on('end', () => {
      const { accepted = 0 } = JSON.parse(text || '{}') as { accepted?: number };
      resolve({ status: answer.statusCode ?? 0, accepted });
    });
  });
  sent.on('error', reject).end(body);
  return promise;
}

async function run({ url, token, perSecond, seconds, size, seed, users }: Offer): Promise<Offered> {
  const agent = new Agent({ keepAlive: true });
  const nextBody = activityBodies(size, seed, users);
  const statuses: Record<string, number> = {};
  const sending = new Set<Promise<void>>();
  let [accepted, latestMs] = [0, 0];
  const send = async () => {
    // A copy, since the next request may be due before this one has gone out.
    const answer = await post(agent, { url, token }, Buffer.from(nextBody())).catch(() => ({ status: 0, accepted: 0 }));
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    accepted += answer.accepted;
  };
  const start = performance.now();
  for (let number = 0; number < (perSecond * seconds) / size; number += 1) {
    const due = start + (number * size * 1_000) / perSecond;
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    latestMs = Math.max(latestMs, performance.now() - due);
    const sent: Promise<void> = send().finally(() => sending.delete(sent));
    sending.add(sent);
  }
  await Promise.all(sending);
  agent.destroy();
  return { accepted, statuses, latestMs, seconds: (performance.now() - start) / 1_000 };
}

if (process.send) {
  process.once('message', (wanted: Offer) => {
    void run(wanted).then((result) => process.send!(result, () => process.exit(0)));
  });
}
