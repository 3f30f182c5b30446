import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Redis } from 'ioredis';
import { connectRedis, Postgres } from '#platform';
import { eventually } from '../support/eventually.js';
import { type ProjectorProcess, spawnProjector } from '../support/projector-process.js';
import { type Client, type Service, startService } from '../support/service.js';
import { dropViews, readRows } from '../support/views.js';

const USERS = 10;
const TABLES = [
  'environments',
  'users',
  'workspaces',
  'outcomes',
  'activities',
  'activity_totals',
  'user_activity',
  'registry_checkpoints',
  'activities_checkpoints',
];

describe('a projector', () => {
  let service: Service;
  let demo: Client;
  let postgres: Postgres;
  let redis: Redis;
  const projectors: ProjectorProcess[] = [];
  const sent = new Set<number>();

  const start = async () => {
    const projector = await spawnProjector(service);
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

  /** How many different activities each user was sent. */
  const expected = () =>
    Array.from({ length: USERS }, (_, user) => [...sent].filter((number) => number % USERS === user).length);

  async function registerUsers(): Promise<void> {
    for (let index = 0; index < USERS; index += 1) {
      const { status } = await demo('POST', '/api/v3/users', { username: `u${index}`, email: `u${index}@example.com` });
      expect(status).toBe(201);
    }
  }

  const counts = async () => {
    const answers = await Promise.all(
      Array.from({ length: USERS }, (_, index) => demo('GET', `/api/v3/users/${index + 1}/activities/count`)),
    );
    return answers.map(({ body }) => body.count as number);
  };

  it('that is killed again and again counts nothing twice and loses nothing', async () => {
    let projector = await start();
    await registerUsers();
    await send(range(0, 30), async (round) => {
      if (round % 12 !== 3) return;
      projector.kill('SIGKILL');
      await projector.gone;
      projector = await start();
    });
    await eventually(async () => expect(await counts()).toEqual(expected()), { within: 60_000 });
  }, 180_000);

  it('that is frozen past its session changes nothing when it wakes up beside its successor', async () => {
    const frozen = await start();
    await registerUsers();
    await send(range(0, 10), async (round) => {
      if (round === 5) frozen.kill('SIGSTOP');
    });
    await start();
    await send(range(10, 20));
    await eventually(async () => expect(await counts()).toEqual(expected()), { within: 60_000 });
    frozen.kill('SIGCONT');
    await send(range(20, 25));
    await eventually(async () => expect(await counts()).toEqual(expected()), { within: 60_000 });
  }, 180_000);

  it('gives views and figures back from the log, row by row, after they were dropped and Redis was emptied', async () => {
    const first = await start();
    await registerUsers();
    await demo('PATCH', '/api/v3/users/3', { firstName: 'C' });
    await demo('POST', '/api/v3/workspaces', { name: 'Tide' });
    await send(range(0, 5));
    await demo('DELETE', '/api/v3/users/4');
    const before = await eventually(async () => {
      const views = await readRows(postgres, TABLES);
      expect(views.activities).toHaveLength(sent.size);
      return views;
    });
    first.kill('SIGTERM');
    expect(await first.gone).toMatchObject({ code: 0 });
    await dropViews(postgres, service.namespace);
    await redis.flushall();
    await start();
    await eventually(async () => expect(await readRows(postgres, TABLES)).toEqual(before), { within: 60_000 });
    const active = await demo('GET', '/api/v2/usage-statistics/active-users');
    expect(active.body.data).toEqual({ activeUsers: USERS });
  }, 180_000);
});

function* range(from: number, to: number): Iterable<number> {
  for (let round = from; round < to; round += 1) yield round;
}
