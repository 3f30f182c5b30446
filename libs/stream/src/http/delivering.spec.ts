import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { metrics } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { eventsIn, idsIn } from '../../test/events.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

/** The value of a metric; of a histogram, how many it has counted. */
async function metric(name: string): Promise<number> {
  const { values } = await metrics.getSingleMetric(`tidemark_${name}`)!.get();
  const counted = values.find((value) => 'metricName' in value && String(value.metricName).endsWith('_count'));
  return (counted ?? values[0])?.value ?? 0;
}

describe('what is delivered', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;
  const sockets: Socket[] = [];

  beforeAll(() => suite.start());
  afterEach(() => {
    suite.leaveAll();
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => suite.stop());

  /** The bytes of an answer as they come. */
  async function openRaw(version: string): Promise<() => string> {
    const socket = connect(suite.service.port, '127.0.0.1').setEncoding('utf8');
    sockets.push(socket);
    let text = '';
    socket.on('data', (part: string) => (text += part));
    const head = `GET /api/v3/users/1/stream HTTP/${version}\r\nhost: 127.0.0.1\r\nauthorization: ${suite.authorization}`;
    socket.write(`${head}\r\n\r\n`);
    await once(socket, 'data');
    await eventually(() => expect(text).toContain('event: position'));
    return () => text;
  }

  it('is a chunk to a client of HTTP/1.1, and bare to one of HTTP/1.0 that knows of no chunks', async () => {
    const [chunked, bare] = [await openRaw('1.1'), await openRaw('1.0')];
    const sent = named('a');
    await suite.view.send(environment, 1, ...sent);
    const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4);
    await eventually(() => expect(idsIn(bodyOf(bare()))).toEqual(idsOf(sent)));
    await eventually(() => expect(idsIn(bodyOf(chunked()))).toEqual(idsOf(sent)));
    const event = bodyOf(bare()).slice(bodyOf(bare()).lastIndexOf('id: '));
    expect(bodyOf(bare())).not.toContain('\r\n');
    expect(chunked()).toMatch(/\r\ntransfer-encoding: chunked\r\n/i);
    expect(chunked().endsWith(`\r\n${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`)).toBe(true);
  });

  it('is counted: activities for each stream, how old they are, who comes back and who is behind', async () => {
    const before = await Promise.all(['streams_delivered_total', 'streams_resumed_total'].map(metric));
    const ages = await metric('streams_append_to_write_seconds');
    const [one, other] = [await suite.open('/api/v3/users/2/stream'), await suite.open('/api/v3/users/2/stream')];
    await suite.view.send(environment, 2, ...named('a', 'b'));
    await eventually(() => expect([one.ids, other.ids].map(({ length }) => length)).toEqual([2, 2]));
    const [{ id }] = eventsIn(one.text) as [{ id: string }];
    const resumed = await suite.open('/api/v3/users/2/stream', { 'last-event-id': id });
    await eventually(() => expect(resumed.ids).toEqual(one.ids));
    const after = await Promise.all(['streams_delivered_total', 'streams_resumed_total'].map(metric));
    expect(after.map((value, at) => value - before[at]!)).toEqual([6, 1]);
    expect((await metric('streams_append_to_write_seconds')) - ages).toBe(2);
    await eventually(async () => expect(await metric('streams_behind')).toBe(0));
  });

  it('is not counted where it only ends the wait of who asks for it', async () => {
    const ask = (query: string) => suite.fetch(`${suite.service.url}/api/v3/users/3/stream?${query}`, {});
    const position = (await ask('wait=0')).headers.get('tidemark-position')!;
    await eventually(() => expect(suite.service.hub.idle).toBe(true));
    const before = await metric('streams_delivered_total');
    const waiting = ask(`after=${position}&wait=30s`);
    await eventually(() => expect(suite.service.hub.idle).toBe(false));
    const sent = named('a');
    await suite.view.send(environment, 3, ...sent);
    expect(idsOf((await (await waiting).json()) as { id: string }[])).toEqual(idsOf(sent));
    expect(await metric('streams_delivered_total')).toBe(before);
  });
});
