import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { send } from './load.ts';
import { median, quantile } from './report.ts';
import type { BenchService } from './service.ts';

const EVERY_MS = 200;
const POLL_MS = 20;

export interface Probes {
  /** How long each of them took from being sent to being seen in feed, count and statistics, in ms. */
  readonly times: readonly number[];
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * Sends an activity of a user that had none, every now and then, and asks until the user's feed and count show it and the
 * environment has one more active user. Users from `firstUser` on have not been active; `activeBefore` others are, and stay so.
 */
export async function probe(
  service: BenchService,
  { seconds, firstUser, activeBefore }: { seconds: number; firstUser: number; activeBefore: number },
): Promise<Probes> {
  const agent = new Agent({ keepAlive: true });
  const ask = async (path: string) =>
    JSON.parse(await send(agent, service, { method: 'GET', path: `/api/v3/${path}`, expect: 200 })) as unknown;
  const shown = async (user: number, active: number) => {
    const [feed, { count }, { activeUsers }] = (await Promise.all([
      ask(`users/${user}/activities`),
      ask(`users/${user}/activities/count`),
      ask('statistics/active-users?window=1d'),
    ])) as [unknown[], { count: number }, { activeUsers: number }];
    if (activeUsers > active) throw new Error(`void: ${activeUsers} active users where there are ${active}`);
    return feed.length === 1 && count === 1 && activeUsers === active;
  };
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  for (let user = firstUser; performance.now() < until; user += 1) {
    const began = performance.now();
    const body = { userId: user, type: 'probe', id: `probe-${user}` };
    await send(agent, service, { method: 'POST', path: '/api/v3/activities', body, expect: 202 });
    while (!(await shown(user, activeBefore + 1 + user - firstUser))) await pause(POLL_MS);
    times.push(performance.now() - began);
    await pause(Math.max(0, EVERY_MS - times.at(-1)!));
  }
  agent.destroy();
  return { times, p50: median(times), p99: quantile(times, 0.99), longest: Math.max(...times) };
}
