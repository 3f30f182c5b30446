import { setTimeout as pause } from 'node:timers/promises';

/** Where activities are sent, and as whom: an environment's address and token. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** An activity as it is sent. */
export interface Sent {
  readonly id: string;
  readonly userId: number;
  readonly type: string;
  readonly occurredAt?: string;
  readonly data?: object;
}

/** What sending came to. */
export interface Sending {
  requests: number;
  acknowledged: number;
  /** By status, or 0 where no answer came. */
  readonly unanswered: Map<number, number>;
}

const LONGEST_WAIT_MS = 1_000;
const TIMEOUT_MS = 15_000;

/** Sends batches with so many clients at once, each batch again until it is answered with 202. */
export async function sendBatches(
  target: Target,
  batches: Iterator<readonly Sent[]>,
  clients: number,
  onAcknowledged: (sending: Sending) => void = () => undefined,
): Promise<Sending> {
  const sending: Sending = { requests: 0, acknowledged: 0, unanswered: new Map() };
  const client = async () => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const taken = await acknowledged(target, next.value, sending);
      sending.acknowledged += taken;
      onAcknowledged(sending);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return sending;
}

export function* batchesOf(items: readonly Sent[], sizes: readonly number[]): Generator<readonly Sent[]> {
  for (let at = 0, turn = 0; at < items.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield items.slice(at, at + size);
    at += size;
  }
}

/** Registers users, who get the ids from 1 on in a new environment. */
export async function registerUsers(target: Target, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, n) => ({ username: `user${n}`, email: `user${n}@example.com` }));
  const { created } = (await read(target, 'users/batch', users)) as { created: number };
  if (created !== count) throw new Error(`${created} of ${count} users were registered`);
}

/** How many activities each user has, by its id from 1 on. */
export async function countsOf(target: Target, users: number): Promise<number[]> {
  const counts: number[] = [];
  for (let id = 1; id <= users; id += 1) {
    counts.push(((await read(target, `users/${id}/activities/count`)) as { count: number }).count);
  }
  return counts;
}

/** The JSON of an answer of the interface; throws where it is none of success. */
export async function read(target: Target, path: string, body?: unknown): Promise<unknown> {
  const answer = await request(target, `/api/v3/${path}`, body);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function acknowledged(target: Target, items: readonly Sent[], sending: Sending): Promise<number> {
  for (;;) {
    sending.requests += 1;
    const answer = await request(target, '/api/v3/activities', items).catch(() => undefined);
    if (answer?.status === 202) return ((await answer.json()) as { accepted: number }).accepted;
    const status = answer?.status ?? 0;
    const said = await answer?.text();
    if (![0, 429, 503].includes(status)) throw new Error(`the service answered ${status}: ${said}`);
    if (answer && !answer.headers.has('retry-after')) throw new Error(`a ${status} did not say when to try again`);
    sending.unanswered.set(status, (sending.unanswered.get(status) ?? 0) + 1);
    await pause(LONGEST_WAIT_MS * Math.random());
  }
}

function request({ url, token }: Target, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
