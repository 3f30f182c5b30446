import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { Positions } from '#activities';
import { partitionFor } from '#event-log';
import { eventually } from '../../../../test/support/eventually.js';
import { eventsIn, messagesIn } from '../../test/events.js';
import { bearer, type OpenStream, startService } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';
import { openView } from '../../test/view.js';

describe('a stream that is resumed', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;

  beforeAll(() => suite.start());
  afterEach(() => suite.leaveAll());
  afterAll(() => suite.stop());

  describe('resuming', () => {
    it('goes on behind Last-Event-ID, on another instance as well', async () => {
      const stream = await suite.open('/api/v3/users/1/stream');
      const sent = named('a', 'b', 'c');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
      const position = messagesIn(stream.text)[0]!.position;
      const another = await suite.another();
      const byHeader = await suite.open('/api/v3/users/1/stream', { 'last-event-id': position }, another);
      const byQuery = await suite.open(`/api/v3/users/1/stream?lastEventId=${position}`);
      const byAfter = await suite.open(`/api/v3/users/1/stream?after=${position}`);
      const later = named('d');
      await suite.view.send(environment, 1, ...later);
      const rest = idsOf([...sent.slice(1), ...later]);
      await eventually(() => expect([byHeader.ids, byQuery.ids, byAfter.ids]).toEqual([rest, rest, rest]));
      await another.stop();
    });

    it('prefers the header, which a browser sends when it comes back to the same address', async () => {
      const stream = await suite.open('/api/v3/stream');
      const sent = named('a', 'b', 'c');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
      const [first, second] = messagesIn(stream.text).map(({ position }) => position);
      const path = `/api/v3/stream?lastEventId=${first}&since=2020-01-01T00:00:00Z`;
      const resumed = await suite.open(path, { 'last-event-id': second! });
      await eventually(() => expect(resumed.ids).toEqual(idsOf(sent.slice(2))));
    });

    it('misses nothing when the connection was lost before the first activity', async () => {
      const stream = await suite.open('/api/v3/users/3/stream');
      await eventually(() => expect(eventsIn(stream.text)).toHaveLength(1));
      const { id: position, event, data } = eventsIn(stream.text)[0]!;
      expect([event, data]).toEqual(['position', JSON.stringify({ position })]);
      stream.leave();
      const sent = named('meanwhile');
      await suite.view.send(environment, 3, ...sent);
      const resumed = await suite.open('/api/v3/users/3/stream', { 'last-event-id': position! });
      await eventually(() => expect(resumed.ids).toEqual(idsOf(sent)));
    });

    it('waits for views that fell back, as in a crash of Postgres, and goes on behind the position', async () => {
      const stream = await suite.open('/api/v3/users/1/stream');
      const sent = named('a', 'b');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
      const { position } = messagesIn(stream.text).at(-1)!;
      await suite.view.moveCheckpoints(-1);
      const another = await suite.another();
      const resuming = suite.open('/api/v3/users/1/stream', { 'last-event-id': position }, another);
      await eventually(() => expect(another.deletions.count).toBe(1));
      await suite.view.moveCheckpoints(1);
      const later = named('c');
      await suite.view.send(environment, 1, ...later);
      const resumed = await resuming;
      await eventually(() => expect(resumed.ids).toEqual(idsOf(later)));
      expect(eventsIn(resumed.text).map(({ event }) => event)).not.toContain('reset');
    });

    it('shows what was announced and lost in a crash of Postgres once it is there again, with nothing missing', async () => {
      const stream = await suite.open('/api/v3/users/1/stream');
      await eventually(() => expect(eventsIn(stream.text)).toHaveLength(1));
      await suite.view.announceAhead(environment, 1);
      const sent = named('a', 'b');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
    });

    it("goes on behind a position of the environment in each of its streams, and behind none of a user's in another", async () => {
      await suite.view.createWorkspace(environment);
      const whole = await suite.open('/api/v3/stream');
      await eventually(() => expect(eventsIn(whole.text)).toHaveLength(1));
      const position = eventsIn(whole.text)[0]!.id!;
      const [first, second] = [named('first'), named('second')].map((sent) =>
        sent.map((one) => ({ ...one, workspace: 1 })),
      );
      await suite.view.send(environment, 1, ...first!);
      await suite.view.send(environment, 2, ...second!);
      for (const [path, sent] of [
        ['/api/v3/stream', [...first!, ...second!]],
        ['/api/v3/workspaces/1/stream', [...first!, ...second!]],
        ['/api/v3/users/1/stream', first!],
        ['/api/v3/users/2/stream', second!],
        ['/api/v3/users/3/stream', []],
      ] as const) {
        const resumed = await suite.open(path, { 'last-event-id': position });
        await eventually(() => expect([...resumed.ids].sort()).toEqual(idsOf([...sent]).sort()));
        expect(eventsIn(resumed.text).map(({ event }) => event)).not.toContain('reset');
      }
    });

    it('lets an EventSource come back by itself across a restart, with nothing missing and nothing twice', async () => {
      const first = await suite.another();
      const source = new EventSource(`${first.url}/api/v3/users/2/stream`, {
        fetch: suite.fetch,
      });
      const got: string[] = [];
      source.onmessage = ({ data }) => got.push((JSON.parse(data as string) as { id: string }).id);
      await new Promise((resolve) => (source.onopen = resolve));
      const [before, during, after] = [named('before'), named('x', 'y'), named('after')];
      await suite.view.send(environment, 2, ...before);
      await eventually(() => expect(got).toEqual(idsOf(before)));
      await first.stop();
      await suite.view.send(environment, 2, ...during);
      const second = await suite.another({ port: first.port });
      await eventually(() => expect(got).toEqual(idsOf([...before, ...during])));
      await suite.view.send(environment, 2, ...after);
      await eventually(() => expect(got).toEqual(idsOf([...before, ...during, ...after])));
      source.close();
      await second.stop();
    });

    it('begins at a time with what was received then or later', async () => {
      await suite.view.register('past');
      const token = await bearer(['past']);
      const times = ['10:00', '11:00', '12:00', '12:00', '13:00'].map((time) => Date.parse(`2029-05-01T${time}:00Z`));
      const sent = times.map((receivedAt, at) => ({ id: `${at}`, receivedAt }));
      await suite.view.send('past', 1, ...sent.slice(0, 3));
      await suite.view.send('past', 1, ...sent.slice(3));
      for (const [since, ids] of [
        ['2029-05-01T12:00:00Z', ['2', '3', '4']],
        ['2029-05-01T14:00:00.000%2B02:00', ['2', '3', '4']],
        ['2029-05-01T12:00:00.001Z', ['4']],
        ['1999-01-01T00:00:00Z', ['0', '1', '2', '3', '4']],
      ] as const) {
        for (const path of ['/api/v3/users/1/stream', '/api/v3/stream']) {
          const stream = await suite.open(`${path}?since=${since}`, { authorization: token });
          await eventually(() => expect(stream.ids).toEqual(ids));
        }
      }
    });
  });

  it('begins at a time with all that was received since, though the clocks of the log differ by a minute', async () => {
    const view = await openView(process.env.DATABASE_URL!);
    await view.register(environment);
    const times = ['12:00:10', '11:59:30', '12:00:20', '11:59:40', '12:01:00'];
    const sent = times.map((time, at) => ({ id: `${at}`, receivedAt: Date.parse(`2029-05-01T${time}Z`) }));
    await view.send(environment, 1, ...sent);
    const instance = await startService(view, { redisUrl: process.env.REDIS_URL! });
    for (const path of ['/api/v3/users/1/stream', '/api/v3/stream']) {
      const stream = await suite.open(`${path}?since=2029-05-01T12:00:00Z`, {}, instance);
      await eventually(() => expect(stream.ids).toEqual(['0', '2', '4']));
    }
    suite.leaveAll();
    await instance.stop();
    await view.close();
  });

  it('shows nothing of a user who was deleted, neither of the past nor of what was taken a moment ago', async () => {
    await suite.view.register('forgetting');
    await suite.view.register('forgetting');
    const authorization = await bearer(['forgetting']);
    const follow = (query: string, lastEventId = '') =>
      suite.open(`/api/v3/stream${query}`, { authorization, 'last-event-id': lastEventId });
    const whole = await follow('');
    await eventually(() => expect(eventsIn(whole.text)).toHaveLength(1));
    const position = eventsIn(whole.text)[0]!.id!;
    await suite.view.send('forgetting', 1, { id: 'of the one' }, { id: 'of the one, too' });
    await suite.view.send('forgetting', 2, { id: 'of the other' });
    await eventually(() => expect(whole.ids).toHaveLength(3));
    await suite.view.remove('forgetting', 1);
    const [past, resumed] = [await follow('?since=1999-01-01T00:00:00Z'), await follow('', position)];
    await suite.view.send('forgetting', 1, { id: 'taken a moment ago' });
    await suite.view.send('forgetting', 2, { id: 'last' });
    for (const stream of [past, resumed]) {
      await eventually(() => expect([...stream.ids].sort()).toEqual(['last', 'of the other']));
    }
    await eventually(() => expect(whole.ids).toContain('last'));
    expect(whole.ids).not.toContain('taken a moment ago');
  });

  describe('a position that cannot be resumed from', () => {
    const reasonOf = (stream: OpenStream) => {
      const reset = eventsIn(stream.text).find(({ event }) => event === 'reset');
      return reset && (JSON.parse(reset.data!) as { reason: string; resumedFrom: string });
    };

    const [ofUser, ofAll] = ['/api/v3/users/1/stream', '/api/v3/stream'];
    const everywhere = (position: number) => ({ first: 0, positions: Array<number>(8).fill(position) });
    const user = (positions: number[], first = partitionFor(`${environment}/1`, 8)) => ({ first, positions });

    it.each([
      ['is none', 'malformed-position', ofUser, 'yesterday'],
      ['an earlier version gave', 'malformed-position', ofUser, '2-1'],
      ["an earlier version gave for an environment's stream", 'malformed-position', ofAll, '0-0.0.0.0.0.0.0.0'],
      ["is a user's, in an environment's stream", 'position-of-another-stream', ofAll, user([0])],
      [
        "is a user's of the first partition, in an environment's stream",
        'position-of-another-stream',
        ofAll,
        user([0], 0),
      ],
      ['is of another partition', 'position-of-another-stream', ofUser, user([0], 200)],
      ['is of the future', 'unknown-position', ofAll, everywhere(2 ** 40)],
    ])('that %s: says so, and goes on from a position that it names', async (_, reason, path, given) => {
      const position = typeof given === 'string' ? given : suite.view.positions.format(given);
      const stream = await suite.open(path, { 'last-event-id': position });
      await eventually(() => expect(reasonOf(stream)).toMatchObject({ reason }));
      const sent = named('live');
      await suite.view.send(environment, 1, ...sent);
      await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
      const again = await suite.open(path, { 'last-event-id': reasonOf(stream)!.resumedFrom });
      await eventually(() => expect(again.ids).toEqual(idsOf(sent)));
      expect(reasonOf(again)).toBeUndefined();
    });

    it("is any of another environment, though it stands for a place in one's own", async () => {
      const theirs = await Positions.of('other', suite.view.keyring);
      for (const [path, position] of [
        [ofUser, theirs.format(user([0]))],
        [ofAll, theirs.format(everywhere(0))],
      ] as const) {
        const stream = await suite.open(path, { 'last-event-id': position });
        await eventually(() => expect(reasonOf(stream)).toMatchObject({ reason: 'malformed-position' }));
      }
    });

    it('tells one who reads lines as well', async () => {
      const stream = await suite.open('/api/v3/stream?lastEventId=x', { accept: 'application/x-ndjson' });
      await eventually(() =>
        expect(stream.text).toMatch(/^\{.*\}\n\{"reset":\{"reason":"malformed-position",.*\}\}\n$/),
      );
    });

    it('includes one that neither this instance nor the views have come to; one that was delivered waits for them', async () => {
      const rebuilding = await openView(process.env.DATABASE_URL!);
      await rebuilding.register(environment);
      await rebuilding.send(environment, 1, ...named('a', 'b', 'c'));
      const instance = await startService(rebuilding, { redisUrl: process.env.REDIS_URL! });
      const before = await suite.open('/api/v3/users/1/stream?since=1999-01-01T00:00:00Z', {}, instance);
      await eventually(() => expect(before.ids).toHaveLength(3));
      const [first, , last] = messagesIn(before.text).map(({ position }) => position);
      // The first is shown, but what is behind it is missing as long as they have not come as far as they had.
      await rebuilding.forgetActivities(1);
      const fresh = await startService(rebuilding, { redisUrl: process.env.REDIS_URL! });
      const resume = (position: string, at: typeof instance, query = '') =>
        suite.open(`/api/v3/users/1/stream${query}`, { 'last-event-id': position }, at);
      const [lost, ...waiting] = await Promise.all([
        resume(last!, fresh),
        resume(first!, instance),
        resume(first!, instance, '?wait=0'),
        resume(last!, instance, '?wait=0'),
        resume('', instance, '?since=1999-01-01T00:00:00Z'),
      ]);
      await eventually(() => expect(reasonOf(lost)).toMatchObject({ reason: 'unknown-position' }));
      for (const { status, headers } of waiting) expect([status, headers['retry-after']]).toEqual([503, '2']);
      await rebuilding.moveCheckpoints(2);
      expect(reasonOf(await resume(first!, instance))).toBeUndefined();
      suite.leaveAll();
      await fresh.stop();
      await instance.stop();
      await rebuilding.close();
    });
  });
});
