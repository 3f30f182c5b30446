import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { eventually } from '../support/eventually.js';
import { type Client, type Service, startService } from '../support/service.js';

describe('the live stream', () => {
  let service: Service;
  let demo: Client;
  const open: EventSource[] = [];

  beforeAll(async () => {
    service = await startService();
    demo = await service.client('demo');
    for (const username of ['ann', 'bob']) {
      await demo('POST', '/api/v3/users', { username, email: `${username}@example.com` });
    }
  });
  afterAll(async () => {
    for (const source of open) source.close();
    await service?.stop();
  });

  /** An EventSource as a browser has it, that resumes by itself where it was cut off. */
  async function listen(path: string, at: Service = service, lastEventId?: string) {
    const received: { id: string; activity: { id: string; userId: number } }[] = [];
    const token = await at.token();
    const source = new EventSource(at.url + path, {
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...init.headers,
            authorization: `Bearer ${token}`,
            ...(lastEventId && { 'last-event-id': lastEventId }),
          },
        }),
    });
    open.push(source);
    source.onmessage = ({ data, lastEventId: id }) =>
      received.push({ id, activity: JSON.parse(data as string) as { id: string; userId: number } });
    await new Promise((resolve) => (source.onopen = resolve));
    return { received, ids: () => received.map(({ activity }) => activity.id), close: () => source.close() };
  }

  const send = async (userId: number, ids: string[]) => {
    const answer = await demo(
      'POST',
      '/api/v3/activities',
      ids.map((id) => ({ id, userId, type: 'step' })),
    );
    expect(answer).toMatchObject({ status: 202, body: { accepted: ids.length } });
  };
  const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it('shows a user each activity once, in order, and nothing of anybody else', async () => {
    const ann = await listen('/api/v3/users/1/stream');
    await send(2, ['other']);
    await send(1, numbered('a', 300));
    await send(1, numbered('a', 300));
    await send(1, ['last']);
    await eventually(() => expect(ann.ids().at(-1)).toBe('last'));
    expect(ann.ids()).toEqual([...numbered('a', 300), 'last']);
    const feed = await demo('GET', '/api/v3/users/1/activities?limit=1');
    expect(ann.received.map(({ activity }) => activity)).toContainEqual(feed.body[0]);
  });

  it('resumes behind any position on another instance, with nothing missing and nothing twice', async () => {
    const ann = await listen('/api/v3/users/1/stream?since=2000-01-01T00:00:00Z');
    await send(1, numbered('b', 20));
    await eventually(() => expect(ann.ids().at(-1)).toBe('b19'));
    ann.close();
    const middle = ann.received[Math.floor(ann.received.length / 2)]!;
    await send(1, numbered('c', 20));
    const other = await startService({ projector: false, namespace: service.namespace.name, owner: false });
    try {
      const resumed = await listen('/api/v3/users/1/stream', other, middle.id);
      await send(1, numbered('d', 20));
      await eventually(() => expect(resumed.ids().at(-1)).toBe('d19'));
      const before = ann.ids().slice(0, ann.ids().indexOf(middle.activity.id) + 1);
      const after = ann.ids().slice(before.length);
      expect(resumed.ids()).toEqual([...after, ...numbered('c', 20), ...numbered('d', 20)]);
    } finally {
      await other.stop();
    }
  });

  it('ends when its user is deleted, and is not found after that', async () => {
    const { body: user } = await demo('POST', '/api/v3/users', { username: 'gone', email: 'gone@example.com' });
    const path = `/api/v3/users/${user.id}/stream`;
    const answer = await fetch(service.url + path, { headers: { authorization: `Bearer ${await service.token()}` } });
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    const ended = answer.text();
    await demo('DELETE', `/api/v3/users/${user.id}`);
    expect(await ended).toMatch(/^retry: 2000\n/);
    expect((await demo('GET', path)).status).toBe(404);
    expect((await (await service.client('elsewhere'))('GET', '/api/v3/users/1/stream')).status).toBe(404);
  });
});
