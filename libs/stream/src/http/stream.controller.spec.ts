import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { eventually } from '../../../../test/support/eventually.js';
import { messagesIn } from '../../test/events.js';
import { bearer, OpenStream } from '../../test/service.js';
import { idsOf, named, StreamSuite } from '../../test/stream-suite.js';

describe('the live stream over HTTP', () => {
  const suite = new StreamSuite(process.env);
  const { environment } = suite;

  beforeAll(() => suite.start());
  afterEach(() => suite.leaveAll());
  afterAll(() => suite.stop());

  const problemOf = async (stream: OpenStream) => {
    await stream.ended;
    return JSON.parse(stream.text) as { status: number; type: string; errors?: { parameter: string; code: string }[] };
  };

  it('begins with the time to wait and a comment, before there is any activity', async () => {
    const stream = await suite.open('/api/v3/users/1/stream');
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await eventually(() => expect(stream.text).toMatch(/^retry: 2000\n: .*\nevent: position\n/));
  });

  it('shows an activity as the feed does, to one who listens to messages', async () => {
    const source = new EventSource(`${suite.service.url}/api/v3/users/1/stream`, {
      fetch: suite.fetch,
    });
    const message = new Promise<MessageEvent<string>>((resolve) => (source.onmessage = resolve));
    await new Promise((resolve) => (source.onopen = resolve));
    const receivedAt = Date.parse('2031-01-31T12:00:00.123Z');
    const id = randomUUID();
    await suite.view.send(environment, 1, { id, type: 'page.read', data: { page: 'a\nb' }, receivedAt });
    const { data, lastEventId } = await message;
    source.close();
    expect(JSON.parse(data)).toEqual({
      id,
      type: 'page.read',
      userId: 1,
      workspaceId: null,
      occurredAt: '2031-01-31T12:00:00.123Z',
      receivedAt: '2031-01-31T12:00:00.123Z',
      data: { page: 'a\nb' },
    });
    expect(lastEventId).toMatch(/^[\w-]{22}$/);
  });

  it("shows a whole environment's activities and no other's", async () => {
    const stream = await suite.open('/api/v3/stream');
    const [first, foreign, second] = [named('first'), named('foreign'), named('second')];
    await suite.view.send(environment, 1, ...first);
    await suite.view.send('other', 1, ...foreign);
    await suite.view.send(environment, 2, ...second);
    await eventually(() => expect([...stream.ids].sort()).toEqual([...idsOf(first), ...idsOf(second)].sort()));
  });

  it('gives the same as lines to one who accepts lines', async () => {
    const [events, lines] = [
      await suite.open('/api/v3/stream'),
      await suite.open('/api/v3/stream', { accept: 'application/x-ndjson' }),
    ];
    expect(lines.headers['content-type']).toBe('application/x-ndjson');
    await suite.view.send(environment, 1, ...named('a', 'b'));
    await eventually(() => expect(events.ids).toHaveLength(2));
    await eventually(() => {
      const [first, ...parsed] = lines.text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown);
      expect(first).toEqual({ position: expect.any(String) });
      expect(parsed).toEqual(messagesIn(events.text));
    });
  });

  it('filters by type, and a type twice is one', async () => {
    const stream = await suite.open('/api/v3/users/1/stream?types=edit,share,edit');
    const sent = ['read', 'edit', 'share'].map((type) => ({ id: randomUUID(), type }));
    await suite.view.send(environment, 1, ...sent);
    await eventually(() => expect(stream.ids).toEqual(idsOf(sent.slice(1))));
  });

  describe('says what is wrong before the first byte', () => {
    it.each([
      ['?type=a', 'type', 'unknown'],
      ['?types=', 'types', 'invalid'],
      ['?types=a,,b', 'types', 'invalid'],
      ['?types=a&types=b', 'types', 'repeated'],
      ['?since=yesterday', 'since', 'invalid'],
      ['?since=', 'since', 'invalid'],
      ['?lastEventId=', 'lastEventId', 'invalid'],
      ['?after=', 'after', 'invalid'],
      ['?ticket=', 'ticket', 'invalid'],
    ])('400 for %s', async (query, parameter, code) => {
      for (const path of ['/api/v3/users/1/stream', '/api/v3/stream']) {
        const problem = await problemOf(await suite.open(path + query));
        expect(problem).toMatchObject({ status: 400, errors: [{ parameter, code }] });
      }
    });

    it('400 for a user id that is no number', async () => {
      expect(await problemOf(await suite.open('/api/v3/users/me/stream'))).toMatchObject({ status: 400 });
    });

    it("404 for a user who is not there, and the same for another environment's", async () => {
      const nobody = await problemOf(await suite.open('/api/v3/users/999/stream'));
      expect(nobody).toMatchObject({ status: 404, type: '/problems/not-found' });
      const theirs = await bearer(['other']);
      expect((await suite.open('/api/v3/users/2/stream', { authorization: theirs })).status).toBe(200);
      const foreign = await problemOf(await suite.open('/api/v3/users/3/stream', { authorization: theirs }));
      expect({ ...foreign, instance: '' }).toEqual({ ...nobody, instance: '' });
    });

    it('401 without a token, 403 without the scope or the environment', async () => {
      expect((await OpenStream.open(`${suite.service.url}/api/v3/stream`)).status).toBe(401);
      const scopeless = await bearer([environment], { scope: 'users:read' });
      expect((await suite.open('/api/v3/stream', { authorization: scopeless })).status).toBe(403);
      expect((await suite.open('/api/v3/stream', { 'environment-id': 'other' })).status).toBe(403);
    });
  });

  it('does not cut off a client that reads, however large the commits', async () => {
    const stream = await suite.open('/api/v3/users/2/stream');
    const data = { text: 'x'.repeat(16_000) };
    const sent = Array.from({ length: 800 }, () => ({ id: randomUUID(), data }));
    await suite.view.send(environment, 2, ...sent);
    await eventually(() => expect(stream.ids).toEqual(idsOf(sent)));
  });

  it('answers HEAD and is done', async () => {
    const answer = await fetch(`${suite.service.url}/api/v3/users/1/stream`, {
      method: 'HEAD',
      headers: { authorization: suite.authorization },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await eventually(() => expect(suite.service.streams.count).toBe(0));
  });

  it('says every 8 seconds that it is still there', async () => {
    const [events, lines] = [
      await suite.open('/api/v3/stream'),
      await suite.open('/api/v3/stream', { accept: 'application/x-ndjson' }),
    ];
    await eventually(() => expect(events.text).toMatch(/\n\n(: .*\n\n)+$/));
    await eventually(() => expect(lines.text).toMatch(/^\{.*\}\n\n+$/));
  });
});
