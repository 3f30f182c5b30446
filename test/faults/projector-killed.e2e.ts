import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kafkaEventLog } from '#event-log';
import { connectRedis, createLogger, Postgres, type RedisServers } from '#platform';
import { folds } from '../../apps/api/src/api.module.js';
import { readAllViews } from '../support/all-views.js';
import { wreakChaos } from '../support/chaos/chaos.js';
import { eventually } from '../support/eventually.js';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { deleteKeys } from '../support/redis-keys.js';
import { type Client, type Service, startService } from '../support/service.js';
import { dropViews } from '../support/views.js';

const USERS = 10;
const silent = createLogger('test', 'silent');
describe('a projector', () => {
  let service: Service;
  let demo: Client;
  let postgres: Postgres;
  let redis: RedisServers;
  const projectors: AppProcess[] = [];
  const sent = new Set<number>();

  const start = async () => {
    const projector = await spawnApp('projector', service);
    projectors.push(projector);
    return projector;
  };

  beforeEach(async () => {
    service = await startService({ projector: false });
    demo = await service.client('demo');
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    redis = connectRedis(service.config.redisUrl, () => undefined);
    sent.clear();
  });
  afterEach(async () => {
    for (const projector of projectors.splice(0)) {
      projector.kill('SIGKILL');
      await projector.gone;
    }
    redis.disconnect();
    await postgres.close();
    await service.stop();
  });

  /** Batches of numbered activities, every tenth of them one of the batch before again. */
  async function send(rounds: Iterable<number>, between: (round: number) => Promise<void> = async () => undefined) {
    for (const round of rounds) {
      const numbers = Array.from(
        { length: 200 },
        (_, index) => (index % 10 === 0 && round > 0 ? -200 : 0) + round * 200 + index,
      );
      const items = numbers.map((number) => ({
        id: `a${number}`,
        userId: (number % USERS) + 1,
        type: 'step',
        data: { round },
      }));
      for (const number of numbers) sent.add(number);
      const answer = await demo('POST', '/api/v3/activities', items);
      expect(answer).toMatchObject({ status: 202, body: { accepted: 200, rejected: [] } });
      await between(round);
    }
  }

  async function registerUsers(): Promise<void> {
    for (let index = 0; index < USERS; index += 1) {
      const { status } = await demo('POST', '/api/v3/users', { username: `u${index}`, email: `u${index}@example.com` });
      expect(status).toBe(201);
    }
  }

  it('that is killed or frozen under load, with members coming and going, counts nothing twice and loses nothing', async () => {
    const target = { url: service.url, token: await service.token() };
    const result = await wreakChaos({ service, target, postgres, namespace: service.namespace, faults: 4, lanes: 2 });
    expect(result).toMatchObject({ wrongRows: 0, wrongCounters: 0, staleCommits: 0 });
    expect(result.kills + result.freezes).toBeGreaterThanOrEqual(4);
    expect(result.refusedCommits).toBeGreaterThan(0);
  }, 180_000);

  const done = async (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    expect((await demo(method, `/api/v3/${path}`, body, headers)).status).toBeLessThan(300);

  /** Something for every view: each command of the registry, and records that are no activities. */
  async function sendOfEverything(): Promise<void> {
    await done('PATCH', 'users/3', { firstName: 'Cleo', profile: { a: [1, null] } }, { 'idempotency-key': 'once' });
    await done('POST', 'workspaces', { name: 'Tide' });
    await done('POST', 'workspaces', { name: 'Ebb' }, { 'idempotency-key': 'another' });
    await done('POST', 'groups', { name: 'Crew' });
    await done('PUT', 'groups/1/members/1');
    await done('PUT', 'groups/1/members/4');
    await done('PUT', 'workspaces/1/permissions/users/2', { role: 'admin' });
    await done('PUT', 'workspaces/1/permissions/groups/1', { role: 'viewer' });
    await done('POST', 'activities', { userId: 1, type: 'step', workspaceId: 1, id: 'a0' });
    await done('DELETE', 'workspaces/2');
    await done('DELETE', 'users/4');
  }

  /** What no door writes, but anybody with access to the log can. */
  async function sendRubbish(): Promise<void> {
    const log = kafkaEventLog({ brokers: service.config.kafkaBrokers, clientId: 'rubbish', logger: silent });
    const id = randomUUID();
    const retry = JSON.stringify({ control: 'retry', id, key: 'rubbish', limit: 1, by: 'tester' });
    const rubbish = ['rubbish', retry].map((value) => ({ key: 'rubbish', value }));
    const topics = folds(service.namespace).map(({ topic }) => topic);
    await log.prepare(topics);
    for (const { name } of topics) await log.append(name, rubbish);
    await log.close();
  }

  it('gives all views and figures back from the log, row by row, after they were dropped and Redis was emptied', async () => {
    const first = await start();
    await registerUsers();
    await send(range(0, 5));
    await sendOfEverything();
    await sendRubbish();
    const before = await eventually(async () => {
      const views = await readAllViews(postgres, service.namespace);
      expect(views.activities).toHaveLength(sent.size);
      // A command that can't be applied takes a fault in the code.
      const empty = Object.keys(views).filter((name) => views[name]!.length === 0);
      expect(empty).toEqual(['registry_dead_letters']);
      return views;
    });
    first.kill('SIGTERM');
    expect(await first.gone).toMatchObject({ code: 0 });
    await dropViews(postgres, service.namespace);
    await deleteKeys(redis, service.namespace.key('*'));
    await start();
    await eventually(async () => expect(await readAllViews(postgres, service.namespace)).toEqual(before));
    const active = await demo('GET', '/api/v2/usage-statistics/active-users');
    expect(active.body.data).toEqual({ activeUsers: USERS });
  }, 180_000);
});

function* range(from: number, to: number): Iterable<number> {
  for (let round = from; round < to; round += 1) yield round;
}
