import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service } from '../../test/service.js';

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
let service: Service;

type Taken = { accepted: number; rejected: { index: number; code: string; detail: string }[] };

beforeAll(async () => {
  service = await Service.start(servers);
});
afterAll(() => service.close());

const post = (payload: string | object, headers?: Record<string, string>) =>
  service.call<Taken>('POST', '/api/v3/activities', { payload, headers });
const typed = (type: string) => ({ 'content-type': type });
const feed = (id: number) => service.call('GET', `/api/v3/users/${id}/activities`);
const count = async (id: number) =>
  (await service.call<{ count: number }>('GET', `/api/v3/users/${id}/activities/count`)).body.count;
const item = (username: string) => ({ username, type: 'x' });
let names = 0;
const newUser = () => service.registerUser(`user-${(names += 1)}`);

describe('events at POST /api/v3/activities', () => {
  it('takes two events with one id from two sources for two, and each of them once', async () => {
    const { id } = await newUser();
    const event = { specversion: '1.0', id: '1', type: 'order.placed', subject: String(id) };
    const batch = ['/shop/a', '/shop/b', '/shop/a'].map((source) => ({ ...event, source }));
    for (let n = 0; n < 2; n += 1) {
      const answer = await post(JSON.stringify(batch), typed('application/cloudevents-batch+json'));
      expect(answer.body).toEqual({ accepted: 3, rejected: [] });
    }
    expect(await count(id)).toBe(2);
    const shown = (await feed(id)).body as { id: string; source: string }[];
    expect(shown.map(({ source }) => source).sort()).toEqual(['/shop/a', '/shop/b']);
  });

  it('takes the same activity in any form for the same one', async () => {
    const { id } = await newUser();
    const item = { userId: id, source: '/shop', id: '1', type: 'order.placed' };
    const event = { specversion: '1.0', source: '/shop', id: '1', type: 'order.placed', subject: String(id) };
    await post(item);
    await post(JSON.stringify(item), typed('application/x-ndjson'));
    await post(JSON.stringify(event), typed('application/cloudevents+json'));
    await post(JSON.stringify([event]), typed('application/cloudevents-batch+json'));
    const headers = Object.entries(event).map(([name, value]) => [`ce-${name}`, value]);
    const binary = await post('', Object.fromEntries(headers) as Record<string, string>);
    expect(binary.body).toEqual({ accepted: 1, rejected: [] });
    expect(await count(id)).toBe(1);
    await post({ ...item, source: null });
    expect(await count(id)).toBe(2);
  });

  it('refuses an event whose subject may mean two users, and takes one that means one', async () => {
    const [seven, other] = [await newUser(), await newUser()];
    const named = await service.registerUser(`${seven.id}`);
    await service.registerUser(other.objectId);
    const own = await service.registerUser(`${named.id + 2}`);
    const event = { specversion: '1.0', source: '/s', id: '1', type: 'x' };
    const subjects = [seven.id, other.objectId, own.id, named.objectId, 'nobody'].map(String);
    const events = subjects.map((subject) => ({ ...event, subject }));
    const answer = await post(JSON.stringify(events), typed('application/cloudevents-batch+json'));
    expect(answer.body).toEqual({
      accepted: 2,
      rejected: [
        { index: 0, code: 'ambiguous-user', detail: expect.stringContaining('subject') },
        { index: 1, code: 'ambiguous-user', detail: expect.stringContaining('subject') },
        { index: 4, code: 'unknown-user', detail: 'there is no such user' },
      ],
    });
    expect(await Promise.all([seven, named, own].map((user) => count(user.id)))).toEqual([0, 1, 1]);
    // What says which of its names it means is not ambiguous.
    expect((await post([{ ...item(`${seven.id}`) }, { userId: seven.id, type: 'x' }])).body.accepted).toBe(2);
    expect(await Promise.all([seven, named].map((user) => count(user.id)))).toEqual([1, 2]);
  });

  it('refuses an event whose subject was the id of a user who is gone, though it is a username by now', async () => {
    const gone = await newUser();
    await service.registerUser(`${gone.id}`);
    const later = await service.registerUser('99999');
    await service.call('DELETE', `/api/v3/users/${gone.id}`);
    const event = { specversion: '1.0', source: '/s', id: '1', type: 'x' };
    const events = [`${gone.id}`, '99999'].map((subject) => ({ ...event, subject }));
    const answer = await post(JSON.stringify(events), typed('application/cloudevents-batch+json'));
    expect(answer.body).toEqual({
      accepted: 1,
      rejected: [expect.objectContaining({ index: 0, code: 'ambiguous-user' })],
    });
    expect(await count(later.id)).toBe(1);
  });

  it('takes data of any kind of JSON beside headers', async () => {
    const { id } = await newUser();
    const event = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't', 'ce-subject': `${id}` };
    const answer = await post('{"a":1}', { ...event, ...typed('application/vnd.acme.order+json; charset=utf-8') });
    expect(answer.body).toEqual({ accepted: 1, rejected: [] });
    expect(await post('{}', typed('application/vnd.acme.order+json'))).toMatchObject({ status: 415 });
  });

  it.each([
    ['two values of one attribute', { 'ce-id': ['a', 'b'] }, 400],
    ['what is not percent-encoded', { 'ce-subject': '100%' }, 400],
    ['data as a header', { 'ce-data': '{}' }, 400],
    ['no source', { 'ce-source': undefined }, 422],
    ['a time that is none', { 'ce-time': 'soon' }, 422],
  ])('refuses an event in headers with %s', async (_, headers, status) => {
    const { id } = await newUser();
    const given = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't', 'ce-subject': `${id}` };
    const sent = Object.entries({ ...given, ...headers }).filter(([, value]) => value !== undefined);
    const answer = await post('{}', Object.fromEntries(sent) as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await count(id)).toBe(0);
  });
});
