import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { eventsIn } from '../../test/events.js';
import { bearer, type OpenStream, type Service } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

describe('the open streams of a process', () => {
  const suite = new StreamSuite(process.env);
  let service: Service;
  let theirs: string;

  beforeAll(async () => {
    await suite.start();
    theirs = await bearer(['other']);
    service = await suite.another({ limits: { maxOpen: 5, maxOpenPerEnvironment: 3 } });
  });
  afterEach(async () => {
    suite.leaveAll();
    await eventually(() => expect(service.streams.count).toBe(0));
  });
  afterAll(() => suite.stop());

  const open = (path: string, authorization = suite.authorization) => suite.open(path, { authorization }, service);
  const openMany = (count: number, authorization?: string) =>
    Promise.all(Array.from({ length: count }, () => open('/api/v3/stream', authorization)));
  const statuses = (streams: OpenStream[]) => streams.map(({ status }) => status).sort();

  it('are not all taken by one environment: it is told to wait, before the first byte, and others are let in', async () => {
    const ours = await openMany(8);
    expect(statuses(ours)).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
    const refused = ours.find(({ status }) => status === 429)!;
    await refused.ended;
    expect(refused.headers['retry-after']).toBe('5');
    expect(JSON.parse(refused.text)).toMatchObject({ type: '/problems/overloaded' });
    const other = await open('/api/v3/users/1/stream', theirs);
    expect(other.status).toBe(200);
    const sent = named('theirs');
    await suite.view.send('other', 1, ...sent);
    await eventually(() => expect(other.ids).toEqual(idsOf(sent)));
  });

  it('are bounded for all together', async () => {
    await openMany(3);
    const others = await openMany(3, theirs);
    expect(statuses(others)).toEqual([200, 200, 503]);
    expect(others.find(({ status }) => status === 503)!.headers['retry-after']).toBe('5');
  });

  it('are half taken at most by one environment where the past is read', async () => {
    const past = '/api/v3/stream?since=1999-01-01T00:00:00Z';
    const wide = await suite.another();
    const unlock = await suite.view.lockActivities();
    const opening = Array.from({ length: 6 }, () => suite.open(past, {}, wide));
    await eventually(async () => expect(await suite.view.waiting()).toBe(2));
    opening.push(...Array.from({ length: 6 }, () => suite.open(past, { authorization: theirs }, wide)));
    await eventually(async () => expect(await suite.view.waiting()).toBe(4));
    await unlock();
    expect(statuses(await Promise.all(opening))).toEqual(Array<number>(12).fill(200));
    await wide.stop();
  });

  it('are held for a client that has gone as long as something is read for it', async () => {
    const one = await suite.another({ limits: { maxOpenPerEnvironment: 1 } });
    const first = await suite.open('/api/v3/users/1/stream', {}, one);
    await eventually(() => expect(eventsIn(first.text)).toHaveLength(1));
    const { id } = eventsIn(first.text)[0]!;
    first.leave();
    await eventually(() => expect(one.streams.count).toBe(0));
    await suite.view.send(suite.environment, 1, ...named('meanwhile'));
    const unlock = await suite.view.lockActivities();
    const second = await suite.open('/api/v3/users/1/stream', { 'last-event-id': id! }, one);
    await eventually(async () => expect(await suite.view.waiting()).toBeGreaterThan(0));
    second.leave();
    await eventually(() => expect(one.streams.count).toBe(0));
    expect((await suite.open('/api/v3/users/1/stream', {}, one)).status).toBe(429);
    await unlock();
    await eventually(async () => expect((await suite.open('/api/v3/users/1/stream', {}, one)).status).toBe(200));
    await one.stop();
  });

  it('are not read for by a client that went away while it waited', async () => {
    const read: string[] = [];
    const one = await suite.another();
    const { postgres } = one;
    const query = postgres.query.bind(postgres);
    postgres.query = (text, values) => {
      if (/FROM activity_entries[^]* LIMIT 200\) AS page/.test(text)) read.push(text);
      return query(text, values);
    };
    const resume = (id: string) => suite.open('/api/v3/users/2/stream', { 'last-event-id': id }, one);
    const first = await suite.open('/api/v3/users/2/stream', {}, one);
    await eventually(() => expect(eventsIn(first.text)).toHaveLength(1));
    const id = eventsIn(first.text)[0]!.id!;
    first.leave();
    const sent = named('meanwhile');
    await suite.view.send(suite.environment, 2, ...sent);
    const unlock = await suite.view.lockActivities();
    await Promise.all([resume(id), resume(id)]);
    await eventually(async () => expect(await suite.view.waiting()).toBe(2));
    const impatient = await resume(id);
    impatient.leave();
    await eventually(() => expect(one.streams.count).toBe(2));
    const last = await resume(id);
    await unlock();
    await eventually(() => expect(last.ids).toEqual(idsOf(sent)));
    expect(read).toHaveLength(3);
    await one.stop();
  });

  it('are free again when a stream ends, and when one was refused', async () => {
    for (let round = 0; round < 4; round += 1) {
      const streams = await openMany(3);
      expect(statuses(streams)).toEqual([200, 200, 200]);
      for (const stream of streams) stream.leave();
      await eventually(() => expect(service.streams.count).toBe(0));
      expect((await open('/api/v3/users/999/stream')).status).toBe(404);
    }
  });
});
