import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { Postgres } from '#platform';
import { sendBatches, type Sent } from '../support/activity-sender.js';
import { viewsCaughtUp } from '../support/caught-up.js';
import { eventually } from '../support/eventually.js';
import { ingestThroughFaults } from '../support/faulty-ingestion.js';
import { LogProxy } from '../support/log-proxy.js';
import { resendActivities } from '../support/resent-activities.js';
import { type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

const ACTIVITIES = 20_000;
const FAULTS = 12;
const RESENT = 10_000;
const ROUNDS = 10;

describe('ingestion', () => {
  let proxy: LogProxy;
  let service: Service;
  let tail: TopicTail;
  let postgres: Postgres;

  beforeEach(async () => {
    proxy = await LogProxy.before(process.env.KAFKA_BROKERS!.split(',')[0]!);
    service = await startService({ interfaceOf: { kafkaBrokers: [proxy.address] } });
    tail = await tailTopic(service.config.kafkaBrokers, activitiesTopic(service.namespace));
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
  });
  afterEach(async () => {
    await tail.close();
    await postgres.close();
    await service.stop();
    await proxy.close();
  });

  const target = async () => ({ url: service.url, token: await service.token() });
  const caughtUp = () => viewsCaughtUp(tail.log, postgres, service.namespace);

  it(`has each of ${ACTIVITIES} activities of 32 clients on the topic and counts it once, though answers of the log are lost or late, connections cut and its disk full`, async () => {
    const story = { target: await target(), environment: 'demo', proxy, tail, caughtUp };
    const report = await ingestThroughFaults({ ...story, activities: ACTIVITIES, faults: FAULTS });
    const all = { sent: ACTIVITIES, acknowledged: ACTIVITIES, onTopic: ACTIVITIES, counted: ACTIVITIES };
    expect(report).toMatchObject({ ...all, miscounted: 0 });
    expect(report.faults).toEqual({ 'lost answer': 3, delay: 3, cut: 3, 'full disk': 3 });
    expect(report.stored).toBeGreaterThan(ACTIVITIES);
  }, 120_000);

  it(`counts ${RESENT} activities that are sent ${ROUNDS} times, in other orders and batches, as after the first time`, async () => {
    const { sent, expected, after } = await resendActivities({
      target: await target(),
      activities: RESENT,
      rounds: ROUNDS,
      caughtUp,
    });
    expect(sent).toBe(ROUNDS * RESENT);
    expect(Object.values(expected.active)).toEqual([2, 14, 60]);
    expect(after).toEqual(Array.from({ length: ROUNDS }, () => expected));
  }, 120_000);

  const item = (n: number): Sent => ({ id: `n${n}`, userId: 1, type: 'step' });

  it.each([
    ['cannot be reached', () => proxy.cut(), () => proxy.restore()],
    ['cannot store', () => proxy.fillDisk(true), () => proxy.fillDisk(false)],
  ])('says with 503 when to try again while the log %s, and takes the same afterwards', async (_, fail, heal) => {
    const demo = await service.client();
    await demo('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' });
    await sendBatches(await target(), [[item(0)]].values(), 1);
    fail();
    for (const _again of [1, 2]) {
      const refused = await demo('POST', '/api/v3/activities', [item(0), item(1)]);
      expect(refused).toMatchObject({ status: 503, body: { type: '/problems/unavailable', status: 503 } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    heal();
    const taken = await eventually(async () => {
      const answer = await demo('POST', '/api/v3/activities', [item(0), item(1)]);
      expect(answer.status).toBe(202);
      return answer;
    });
    expect(taken.body).toEqual({ accepted: 2, rejected: [] });
    await caughtUp();
    expect((await demo('GET', '/api/v3/users/1/activities/count')).body).toEqual({ count: 2 });
  });
});
