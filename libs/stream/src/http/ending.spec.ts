import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { metrics } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { eventsIn, messagesIn } from '../../test/events.js';
import { bearer, OpenStream } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

async function cutOffs(): Promise<number> {
  const { values } = await metrics.getSingleMetric('tidemark_streams_cut_off_total')!.get();
  return values[0]?.value ?? 0;
}

describe('a stream', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;

  beforeAll(() => suite.start());
  afterEach(() => suite.leaveAll());
  afterAll(() => suite.stop());

  describe('ends', () => {
    it("at the token's end", async () => {
      const stream = await suite.open('/api/v3/users/1/stream', {
        authorization: await bearer([environment], { ttl: 2 }),
      });
      expect(await stream.ended).toBe(true);
    });

    it('each at its own end, whichever was opened first', async () => {
      const openFor = async (ttl: number) =>
        suite.open('/api/v3/users/1/stream', { authorization: await bearer([environment], { ttl }) });
      const lasting = await openFor(3_600);
      const [late, early] = [await openFor(4), await openFor(2)];
      const order: string[] = [];
      await Promise.all([late.ended.then(() => order.push('late')), early.ended.then(() => order.push('early'))]);
      expect(order).toEqual(['early', 'late']);
      const sent = named('after both');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(lasting.ids).toEqual(idsOf(sent)));
    });

    it('at its greatest age, with another time to wait, and goes on for one who comes back', async () => {
      const instance = await suite.another({ limits: { maxAge: 1 } });
      const stream = await suite.open('/api/v3/users/1/stream', {}, instance);
      expect(await stream.ended).toBe(true);
      expect(stream.text).toMatch(/\n\nretry: \d+\n\n$/);
      const { id } = eventsIn(stream.text)[0]!;
      const sent = named('meanwhile');
      await suite.view.send(environment, 1, ...sent);
      const resumed = await suite.open('/api/v3/users/1/stream', { 'last-event-id': id! });
      await eventually(() => expect(resumed.ids).toEqual(idsOf(sent)));
      await instance.stop();
    });

    it('with the user, and is then not found', async () => {
      await suite.view.register('leaving');
      const token = await bearer(['leaving']);
      const stream = await suite.open('/api/v3/users/1/stream', { authorization: token });
      const whole = await suite.open('/api/v3/stream', { authorization: token });
      await suite.view.remove('leaving', 1);
      expect(await stream.ended).toBe(true);
      expect((await suite.open('/api/v3/users/1/stream', { authorization: token })).status).toBe(404);
      await suite.view.register('leaving');
      await suite.view.send('leaving', 2, ...named('still there'));
      await eventually(() => expect(whole.ids).toHaveLength(1));
    });

    it('with the user, though the announcement was lost', async () => {
      await suite.view.register('unheard');
      const token = await bearer(['unheard']);
      const instance = await suite.another();
      const stream = await suite.open('/api/v3/users/1/stream', { authorization: token }, instance);
      await suite.view.postgres.query('DELETE FROM users WHERE environment = $1', ['unheard']);
      await suite.view.postgres.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = $1 || '_notifications'`,
        [suite.view.namespace.name],
      );
      expect(await stream.ended).toBe(true);
      await instance.stop();
    });

    it('in order when the process stops, and nothing is left behind', async () => {
      const instance = await suite.another();
      const opened = [
        await suite.open('/api/v3/users/1/stream', {}, instance),
        await suite.open('/api/v3/stream', {}, instance),
      ];
      await instance.stop();
      expect(await Promise.all(opened.map(({ ended }) => ended))).toEqual([true, true]);
      const waits = opened.map(({ text }) => Number(/\n\nretry: (\d+)\n\n$/.exec(text)?.[1]));
      for (const wait of waits) expect(wait >= 1_000 && wait <= 10_000).toBe(true);
      expect(waits[0]).not.toBe(waits[1]);
      expect([instance.streams.count, instance.deletions.count, instance.hub.idle]).toEqual([0, 0, true]);
    });

    it('before it begins, where the user is deleted meanwhile', async () => {
      await suite.view.register('hasty');
      const authorization = await bearer(['hasty']);
      await suite.view.send('hasty', 1, ...named('past'));
      const open = await suite.open('/api/v3/users/1/stream', { authorization });
      await suite.service.hub.look();
      const unlock = await suite.view.lockActivities();
      const opening = suite.open('/api/v3/users/1/stream?since=1999-01-01T00:00:00Z', { authorization });
      await eventually(async () => expect(await suite.view.waiting()).toBeGreaterThan(0));
      await suite.view.remove('hasty', 1);
      // The deletion has been heard of.
      await open.ended;
      await unlock();
      expect((await opening).status).toBe(404);
    });

    it('as it begins, where the process is about to stop: an EventSource would never come back to a refusal', async () => {
      const instance = await suite.another();
      await suite.view.send(environment, 1, ...named('past'));
      await instance.hub.ready();
      await instance.hub.look();
      const unlock = await suite.view.lockActivities();
      const path = '/api/v3/users/1/stream?since=1999-01-01T00:00:00Z';
      const events = suite.open(path, {}, instance);
      const lines = suite.open(path, { accept: 'application/x-ndjson' }, instance);
      await eventually(async () => expect(await suite.view.waiting()).toBeGreaterThan(1));
      await instance.streams.beforeApplicationShutdown();
      await unlock();
      const turnedAway = await events;
      expect([turnedAway.status, await turnedAway.ended]).toEqual([200, true]);
      expect(turnedAway.text).toMatch(/^retry: \d{4,5}\n\n$/);
      const { status, headers } = await lines;
      expect([status, headers['retry-after']]).toEqual([503, '2']);
      expect(instance.deletions.count).toBe(0);
      await instance.stop();
    });

    it('where it cannot be known any more whether its user is there', async () => {
      await suite.view.register('unsure');
      const authorization = await bearer(['unsure']);
      const stream = await suite.open('/api/v3/users/1/stream', { authorization });
      await suite.view.postgres.query('ALTER TABLE users RENAME TO hidden');
      try {
        await suite.view.postgres.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = $1 || '_notifications'`,
          [suite.view.namespace.name],
        );
        expect(await stream.ended).toBe(true);
      } finally {
        await suite.view.postgres.query('ALTER TABLE hidden RENAME TO users');
      }
    });

    it('with the client, whenever that goes', async () => {
      const instance = await suite.another();
      const path = '/api/v3/users/1/stream?since=1999-01-01T00:00:00Z';
      for (let round = 0; round < 20; round++) {
        const headers = { authorization: suite.authorization };
        const stream = await OpenStream.open(instance.url + path, headers);
        const abandoned = new AbortController();
        const unanswered = fetch(instance.url + path, { headers, signal: abandoned.signal });
        setImmediate(() => abandoned.abort());
        await unanswered.catch(() => undefined);
        stream.leave();
      }
      const { streams, deletions, hub } = instance;
      await eventually(() => expect([streams.count, deletions.count, hub.idle]).toEqual([0, 0, true]));
      await instance.stop();
    });

    it('for a client that does not read, which can resume', async () => {
      const instance = await suite.another();
      const before = await cutOffs();
      const stream = await suite.open('/api/v3/users/2/stream', {}, instance);
      await eventually(() => expect(eventsIn(stream.text)).toHaveLength(1));
      stream.pause();
      const data = { text: 'x'.repeat(16_000) };
      const sent = Array.from({ length: 1_000 }, () => ({ id: randomUUID(), data }));
      for (let at = 0; at < sent.length; at += 100) await suite.view.send(environment, 2, ...sent.slice(at, at + 100));
      await eventually(() => expect(instance.streams.count).toBe(0));
      expect((await cutOffs()) - before).toBe(1);
      stream.resume();
      expect(await stream.ended).toBe(false);
      const got = messagesIn(stream.text);
      expect(got.length).toBeLessThan(sent.length);
      const resumed = await suite.open('/api/v3/users/2/stream', { 'last-event-id': got.at(-1)!.position }, instance);
      await eventually(() => expect(got.length + resumed.ids.length).toBe(sent.length));
      expect([...got.map(({ id }) => id), ...resumed.ids]).toEqual(idsOf(sent));
      await instance.stop();
    });
  });
});
