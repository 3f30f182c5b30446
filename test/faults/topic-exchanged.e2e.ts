import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { eventually } from '../support/eventually.js';
import { exchangeTopic } from '../support/exchanged-topic.js';
import { type Client, type Service, startService } from '../support/service.js';
import { tailTopic } from '../support/topic-tail.js';

const USERS = 8;
const CLIENTS = 8;

/** When a request was begun. */
type Phase = 'before' | 'meanwhile' | 'after';

describe('the topic of activities, deleted and made anew while activities come', () => {
  let service: Service;
  let demo: Client;
  let phase: Phase;
  let refused: number;
  let acknowledged: Record<Phase, string[]>;

  beforeEach(async () => {
    service = await startService();
    demo = await service.client();
    for (let n = 1; n <= USERS; n += 1) {
      await demo('POST', '/api/v3/users', { username: `user${n}`, email: `user${n}@example.com` });
    }
    // It would end, as a projector does whose positions are outside the log.
    await service.stopProjector();
    phase = 'before';
    refused = 0;
    acknowledged = { before: [], meanwhile: [], after: [] };
  });
  afterEach(() => service.stop());

  const topic = () => activitiesTopic(service.namespace);
  const post = (ids: string[]) => {
    const items = ids.map((id, n) => ({ id, userId: (n % USERS) + 1, type: 'step' }));
    return demo('POST', '/api/v3/activities', items);
  };

  async function postUntil(isOver: () => boolean, client: number): Promise<void> {
    for (let n = 0; !isOver(); n += 1) {
      const begun = phase;
      const ids = Array.from({ length: USERS }, (_, item) => `${client}/${n}/${item}`);
      const { status, body } = await post(ids);
      expect([202, 503]).toContain(status);
      if (status === 503) refused += 1;
      else acknowledged[begun].push(...(body.accepted === ids.length ? ids : []));
    }
  }

  async function whilePosting(story: () => Promise<void>): Promise<void> {
    let over = false;
    const posting = Promise.all(Array.from({ length: CLIENTS }, (_, client) => postUntil(() => over, client)));
    try {
      await story();
    } finally {
      over = true;
      await posting;
    }
  }

  async function storedIds(partitions: number): Promise<Set<string>> {
    const tail = await tailTopic(service.config.kafkaBrokers, { ...topic(), partitions });
    await tail.upToNow();
    const users = Array.from({ length: USERS }, (_, n) => tail.recordsOf(`demo/${n + 1}`));
    await tail.close();
    return new Set(users.flat().map(({ value }) => (JSON.parse(value.toString()) as { id: string }).id));
  }

  it.each([
    [1, /it had 8 partitions and has 1\.|takes record/],
    [8, /ends at \d+, and had|takes record/],
  ])(
    'with %i partitions has all that is acknowledged from then on, takes no more, and the interface says why it is not ready',
    async (partitions, found) => {
      await whilePosting(async () => {
        await eventually(() => expect(acknowledged.before.length).toBeGreaterThan(400));
        expect((await demo('GET', '/health/ready')).status).toBe(200);
        phase = 'meanwhile';
        await exchangeTopic(service.config.kafkaBrokers, { ...topic(), partitions });
        phase = 'after';
        const before = refused;
        await eventually(() => expect(refused).toBeGreaterThan(before + 5 * CLIENTS));
      });
      const stored = await storedIds(partitions);
      expect(acknowledged.after.filter((id) => !stored.has(id))).toEqual([]);

      const ready = await demo('GET', '/health/ready');
      expect(ready.status).toBe(503);
      expect(ready.body.checks.log).toContain(`topic ${topic().name} is not the one that was prepared`);
      expect(ready.body.checks.log).toMatch(found);
      expect(ready.body.checks.log).toContain('build the views anew');
      const last = await post(['one more']);
      expect(last).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } });
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect((await storedIds(partitions)).size).toBe(stored.size);
    },
  );
});
