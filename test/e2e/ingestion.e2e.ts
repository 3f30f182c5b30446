import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { eventually } from '../support/eventually.js';
import { type Answer, type Client, type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

const LINES = { 'content-type': 'application/x-ndjson' };

describe('activities at the door', () => {
  let service: Service;
  let tail: TopicTail;

  beforeEach(async () => {
    service = await startService();
    tail = await tailTopic(service.config.kafkaBrokers, activitiesTopic(service.namespace));
  });
  afterEach(async () => {
    await tail.close();
    await service.stop();
  });

  const register = async (client: Client, username: string): Promise<number> =>
    (await client('POST', '/api/v3/users', { username, email: `${username}@example.com` })).body.id;
  const post = (client: Client, lines: readonly (object | string)[]): Promise<Answer> => {
    const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    return client('POST', '/api/v3/activities', texts.join('\n'), LINES);
  };
  const stored = async (): Promise<number> => {
    const extents = await tail.log.extents(activitiesTopic(service.namespace).name);
    return [...extents.values()].reduce((sum, { high }) => sum + high, 0);
  };
  const many = (count: number, userId: number, prefix: string) =>
    Array.from({ length: count }, (_, n) => ({ id: `${prefix}-${n}`, userId, type: 'x' }));

  it('are taken of a user who was created a moment ago, on every instance', async () => {
    const other = await startService({ namespace: service.namespace.name, projector: false, owner: false });
    try {
      const [here, there] = [await service.client(), await other.client()];
      for (let n = 0; n < 5; n += 1) {
        const userId = await register(here, `user${n}`);
        expect((await post(there, [{ userId, type: 'x' }])).body).toEqual({ accepted: 1, rejected: [] });
      }
    } finally {
      await other.stop();
    }
  });

  it('are refused of a deleted user within a second, on an instance that has just taken some', async () => {
    const client = await service.client();
    const userId = await register(client, 'leaver');
    const take = () => post(client, [{ userId, type: 'x' }]);
    expect((await take()).status).toBe(202);
    await client('DELETE', `/api/v3/users/${userId}`);
    const deletedAt = performance.now();
    let lastTaken = 0;
    await eventually(async () => {
      const askedAt = performance.now();
      const { status } = await take();
      if (status === 202) lastTaken = askedAt;
      expect(status).toBe(422);
    });
    expect(lastTaken - deletedAt).toBeLessThan(1_000);
  });

  it('are stored as what was read of them, whatever else a line tries to say', async () => {
    const client = await service.client();
    const userId = await register(client, 'jane');
    const activity = (more: string) => `{"userId":${userId},"type":"x","occurredAt":"2026-03-01T12:00:00Z"${more}}`;
    const answer = await post(client, [
      activity(',"id":"a","data":{"n":1},"data":{ "n" : 2 }'),
      activity(',"id":"b\\",\\"v\\":2,\\"x\\":\\""'),
      activity(',"id":"c","data":{"t":"\\",\\"v\\":2"}'),
      activity(',"id":"d","__proto__":{"type":"y"}'),
      activity(',"id":"e","data":{"__proto__":{}}'),
      activity(',"id":"f","data":{"a":"\\ud800"}'),
      activity(',"id":"g","data":{"a":"\\u0000"}'),
      activity(',"id":"h","data":{"a":"\\u0000","a":1}'),
      `${activity(',"id":"i"')}}`,
    ]);
    expect(answer.body.rejected.map(({ index }: { index: number }) => index)).toEqual([3, 5, 6, 8]);
    await tail.upToNow();
    const head = (id: string) => `{"v":1,"id":${JSON.stringify(id)},"type":"x","occurredAt":1772366400000`;
    expect(tail.recordsOf(`demo/${userId}`).map(({ value }) => value.toString())).toEqual([
      `${head('a')},"data":{"n":2}}`,
      `${head('b","v":2,"x":"')}}`,
      `${head('c')},"data":{"t":"\\",\\"v\\":2"}}`,
      `${head('e')},"data":{"__proto__":{}}}`,
      `${head('h')},"data":{"a":1}}`,
    ]);
  });

  it('of a user keep the order in which they were sent, while others send many', async () => {
    const client = await service.client();
    const [hot, cold] = [await register(client, 'hot'), await register(client, 'cold')];
    const noise = Promise.all(Array.from({ length: 8 }, (_, n) => post(client, many(2_000, cold, `noise${n}`))));
    for (let n = 0; n < 10; n += 1) {
      expect((await post(client, many(600, hot, `${n}`))).body.accepted).toBe(600);
    }
    await noise;
    await tail.upToNow();
    const ids = tail.recordsOf(`demo/${hot}`).map(({ value }) => (JSON.parse(value.toString()) as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: 6_000 }, (_, n) => `${Math.floor(n / 600)}-${n % 600}`));
  });

  it('of a quiet environment are answered before all that a busy one has sent first', async () => {
    const [busy, quiet] = [await service.client('busy'), await service.client('quiet')];
    const [hot, cold] = [await register(busy, 'hot'), await register(quiet, 'cold')];
    let unanswered = 0;
    const flood = Array.from({ length: 12 }, async (_, n) => {
      unanswered += 1;
      const { status } = await post(busy, many(10_000, hot, `${n}`));
      unanswered -= 1;
      return status;
    });
    for (let n = 0; n < 3; n += 1) {
      expect((await post(quiet, [{ userId: cold, type: 'x' }])).status).toBe(202);
      expect(unanswered).toBeGreaterThan(0);
    }
    // On a slow machine the log may not have all of the flood in time, which is answered as such.
    for (const status of await Promise.all(flood)) expect([202, 429, 503]).toContain(status);
  });

  it('beyond what can be held are refused at once with 429, none that was acknowledged is lost, and the next are taken', async () => {
    const client = await service.client();
    const userId = await register(client, 'jane');
    const data = { text: 'x'.repeat(700) };
    const large = (prefix: string) => many(9_000, userId, prefix).map((line) => ({ ...line, data }));
    const bodies = Array.from({ length: 12 }, (_, n) => large(`${n}`));
    const answers = await Promise.all(bodies.map((lines) => post(client, lines)));
    const taken = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    expect(taken.length + refused.length).toBe(12);
    expect(taken.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    expect(await stored()).toBe(9_000 * taken.length);
    expect((await post(client, large('next'))).status).toBe(202);
  });
});
