import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { activitiesTopic } from '#activities';
import { importNdjson } from '#importing';
import { createLogger, Postgres } from '#platform';
import { type RunningProjector, startProjector } from '../../apps/projector/src/projector.js';
import { countsOf, registerUsers } from '../support/activity-sender.js';
import { lagOf, viewsCaughtUp } from '../support/caught-up.js';
import { eventually } from '../support/eventually.js';
import { type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

const HISTORY = 60_000;
const BATCH = 2_000;
/** What an import has in requests that were let in and may not be in the log yet. */
const ON_ITS_WAY = 16 * BATCH;
/** How many records the views may be behind before history has to wait. */
const BOUND = 20_000;

describe('history', () => {
  let service: Service;
  let tail: TopicTail;
  let postgres: Postgres;
  let projector: RunningProjector | undefined;

  beforeEach(async () => {
    service = await startService();
    tail = await tailTopic(service.config.kafkaBrokers, activitiesTopic(service.namespace));
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    for (const environment of ['history', 'live']) {
      await registerUsers({ url: service.url, token: await token(environment) }, 10);
    }
  });
  afterEach(async () => {
    await projector?.stop();
    await projector?.ended;
    projector = undefined;
    await tail.close();
    await postgres.close();
    await service.stop();
  });

  const token = (environment: string) => service.token({ environments: [environment] });
  const lag = () => lagOf(tail.log, postgres, service.namespace);

  it(`is let in no further than ${BOUND} records before views that stand still, while what is live is taken, and again when they go on`, async () => {
    const [history, live] = await Promise.all([service.client('history'), service.client('live')]);
    const batch = Array.from({ length: BATCH }, (_, n) => ({ userId: (n % 10) + 1, type: 'old' }));
    const send = () => history('POST', '/api/v3/activities', batch, { 'tidemark-lane': 'backfill' });
    await service.stopProjector();
    let answer = await send();
    for (let sent = 1; sent < 20 && answer.status === 202; sent += 1) answer = await send();
    expect(answer).toMatchObject({ status: 429, body: { type: '/problems/overloaded' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await lag()).toBeGreaterThan(BOUND);
    expect(await lag()).toBeLessThanOrEqual(BOUND + BATCH);
    expect((await live('POST', '/api/v3/activities', { userId: 1, type: 'now' })).status).toBe(202);
    expect((await send()).status).toBe(429);
    projector = await startProjector(service.config, createLogger('test', 'silent'));
    await eventually(async () => expect((await send()).status).toBe(202));
    await eventually(async () => expect((await live('GET', '/api/v3/users/1/activities/count')).body.count).toBe(1));
  });

  const line = (n: number) => `${JSON.stringify({ userId: (n % 10) + 1, type: 'old', data: { n } })}\n`;
  const lines = Array.from({ length: HISTORY }, (_, n) => line(n)).join('');

  function importHistory(patienceMs: number) {
    const target = { url: service.url, environment: 'history', token: () => token('history') };
    const patience = { patienceMs, timeoutMs: 60_000 };
    return importNdjson({ input: Readable.from([Buffer.from(lines)]), service: target, patience });
  }

  it('waits at the door while views stand still, and comes in beside what is live without running ahead of them', async () => {
    const live = await service.client('live');
    const lags: number[] = [];
    const look = async () => lags.push(await lag());
    await service.stopProjector();
    // Longer than an append may take to be refused, so that what it hears last is the door.
    await expect(importHistory(15_000)).rejects.toThrow(/\(429 History waits until the views have caught up\.\)/);
    await look();
    projector = await startProjector(service.config, createLogger('test', 'silent'));
    let isIn = false;
    const importing = importHistory(60_000).finally(() => (isIn = true));
    let seen = 0;
    while (!isIn) {
      expect((await live('POST', '/api/v3/activities', { userId: 1, type: 'now' })).status).toBe(202);
      await eventually(async () => {
        await look();
        expect((await live('GET', '/api/v3/users/1/activities/count')).body.count).toBe(seen + 1);
      });
      seen += 1;
    }
    expect((await importing).lines.accepted).toBe(HISTORY);
    expect(Math.max(...lags)).toBeLessThanOrEqual(BOUND + ON_ITS_WAY + seen);
    await viewsCaughtUp(tail.log, postgres, service.namespace);
    const counts = await countsOf({ url: service.url, token: await token('history') }, 10);
    expect(counts).toEqual(Array(10).fill(HISTORY / 10));
  }, 120_000);
});
