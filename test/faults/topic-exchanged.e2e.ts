import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { eventually } from '../support/eventually.js';
import { type Client, type Service, startService } from '../support/service.js';
import { exchangeTopic } from '../support/exchanged-topic.js';
import { tailTopic } from '../support/topic-tail.js';

const USERS = 8;
const CLIENTS = 8;
const PARTITIONS = 8;

/** What became of requests, by what was going on with the topic when they were begun. */
type Phase = 'before' | 'meanwhile' | 'after';

describe.each([1, PARTITIONS])(
  'the topic of activities, deleted and made anew with %d partitions under load',
  (made) => {
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
    const post = (ids: string[]) =>
      demo(
        'POST',
        '/api/v3/activities',
        ids.map((id, n) => ({ id, userId: (n % USERS) + 1, type: 'step' })),
      );

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

    async function storedIds(): Promise<string[]> {
      const tail = await tailTopic(service.config.kafkaBrokers, { ...topic(), partitions: made });
      await tail.upToNow();
      const users = Array.from({ length: USERS }, (_, n) => tail.recordsOf(`demo/${n + 1}`));
      await tail.close();
      return users.flat().map(({ value }) => (JSON.parse(value.toString()) as { id: string }).id);
    }

    it('takes nothing for stored that is not, is refused from then on, and the interface says why it is not ready', async () => {
      let over = false;
      const posting = Promise.all(Array.from({ length: CLIENTS }, (_, client) => postUntil(() => over, client)));
      await eventually(() => expect(acknowledged.before.length).toBeGreaterThan(50 * PARTITIONS));
      expect((await demo('GET', '/health/ready')).status).toBe(200);

      phase = 'meanwhile';
      await exchangeTopic(service.config.kafkaBrokers, { ...topic(), partitions: made });
      phase = 'after';

      const ready = await eventually(async () => {
        const answer = await demo('GET', '/health/ready');
        expect(answer.body.checks.log).toContain(`topic ${topic().name} is not the one`);
        return answer;
      });
      expect(ready.status).toBe(503);
      expect(ready.body.checks.log).toMatch(made === PARTITIONS ? /ends at|takes record/ : /8 partitions and has 1/);
      expect(ready.body.checks.log).toContain('replay');
      const before = refused;
      await eventually(() => expect(refused).toBeGreaterThan(before + 2 * CLIENTS));
      over = true;
      await posting;

      const stored = new Set(await storedIds());
      expect(acknowledged.after.filter((id) => !stored.has(id))).toEqual([]);
      const last = await post(['one more']);
      expect(last).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } });
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    });
  },
);
