import { Agent, request } from 'node:http';
import { median, quantile } from './report.ts';

/** What a run of requests came to. Times in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Each request by its number, in the order of their answers. */
  readonly answers: readonly { readonly n: number; readonly ms: number }[];
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly expect: number;
}

/** Sends calls with so many clients at once, each one after the other, for so long; throws at an unexpected status. */
export async function load(
  base: { url: string; token: string },
  call: (n: number) => Call,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const answers: { n: number; ms: number }[] = [];
  let sent = 0;
  const start = performance.now();
  const until = start + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      const n = sent++;
      await send(agent, base, call(n));
      answers.push({ n, ms: performance.now() - began });
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - start) / 1_000;
  agent.destroy();
  const [requests, times] = [answers.length, answers.map(({ ms }) => ms)];
  return { requests, perSecond: requests / elapsed, p50: median(times), p99: quantile(times, 0.99), answers };
}

export function send(agent: Agent, base: { url: string; token: string }, call: Call): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    authorization: `Bearer ${base.token}`,
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const sent = request(base.url + call.path, { agent, method: call.method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', reject);
    answer.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (answer.statusCode === call.expect) resolve(body);
      else reject(new Error(`${call.method} ${call.path} answered ${answer.statusCode}: ${body.slice(0, 300)}`));
    });
  });
  sent.on('error', reject);
  sent.end(text);
  return promise;
}
