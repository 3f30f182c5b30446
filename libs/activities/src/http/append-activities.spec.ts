import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { eventually } from '../../../../test/support/eventually.js';
import { Service } from '../../test/service.js';

const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
let service: Service;

type Taken = { accepted: number; rejected: { index: number; code: string; detail: string }[] };

beforeAll(async () => {
  service = await Service.start(servers);
});
afterAll(() => service.close());

const post = (payload: string | object | Buffer, headers?: Record<string, string>) =>
  service.call<Taken>('POST', '/api/v3/activities', { payload, headers });
const typed = (type: string) => ({ 'content-type': type });
const feed = (id: number) => service.call('GET', `/api/v3/users/${id}/activities`);
const count = async (id: number) =>
  (await service.call<{ count: number }>('GET', `/api/v3/users/${id}/activities/count`)).body.count;
let names = 0;
const newUser = () => service.registerUser(`user-${(names += 1)}`);

describe('POST /api/v3/activities', () => {
  it('takes one object, and shows it in the feed as it was sent', async () => {
    const { id } = await newUser();
    const workspace = await service.createWorkspace('Sea');
    const data = { text: 'é\n😀', nested: { list: [1, null, true, 0.1] } };
    const payload = {
      id: 'own',
      userId: id,
      type: 'page.viewed',
      workspaceId: workspace.id,
      occurredAt: '2026-03-01T13:00:00.5+01:00',
      data,
    };
    const answer = await post(payload);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    expect((await feed(id)).body).toEqual([
      {
        id: 'own',
        type: 'page.viewed',
        userId: id,
        workspaceId: workspace.id,
        occurredAt: '2026-03-01T12:00:00.500Z',
        receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        data,
      },
    ]);
  });

  it('refuses those of a user who was deleted, however well known they were', async () => {
    const { id, objectId } = await newUser();
    const payload = [
      { userId: id, type: 'x' },
      { objectId, type: 'x' },
    ];
    for (let n = 0; n < 3; n += 1) expect((await post(payload)).status).toBe(202);
    await service.call('DELETE', `/api/v3/users/${id}`);
    const refused = [{ code: 'unknown-user' }, { code: 'unknown-user' }];
    const gone = async () => expect((await post(payload)).body).toMatchObject({ accepted: 0, rejected: refused });
    await eventually(gone);
  });

  it('finds users by integer id, object id and username without regard to case', async () => {
    const { id, objectId } = await service.registerUser('Zoë');
    const answer = await post([
      { userId: id, type: 'x' },
      { objectId, type: 'x' },
      { username: 'ZOË', type: 'x' },
    ]);
    expect(answer.body).toEqual({ accepted: 3, rejected: [] });
    expect(await count(id)).toBe(3);
  });

  it('takes the good items and names the bad ones by their place', async () => {
    const { id } = await newUser();
    const answer = await post([
      { userId: id, type: 'no spaces' },
      { userId: id, type: 'good' },
      { userId: 999_999, type: 'x' },
      { userId: id, type: 'x', workspaceId: 999_999 },
      7,
      { userId: id, type: 'x', occurredAt: 'soon' },
      { userId: id, type: 'x', data: { a: 'x'.repeat(17_000) } },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.accepted).toBe(1);
    expect(answer.body.rejected.map(({ index, code }) => [index, code])).toEqual([
      [0, 'invalid-type'],
      [2, 'unknown-user'],
      [3, 'unknown-workspace'],
      [4, 'invalid'],
      [5, 'invalid-time'],
      [6, 'too-large'],
    ]);
    expect(await count(id)).toBe(1);
  });

  it('answers 422 with the same body when all are bad, and 202 to none at all', async () => {
    const bad = await post({ userId: 999_999, type: 'x' });
    expect(bad).toMatchObject({ status: 422, body: { accepted: 0, rejected: [{ index: 0, code: 'unknown-user' }] } });
    expect(await post('null', typed('application/json'))).toMatchObject({ status: 422, body: { accepted: 0 } });
    expect(await post([])).toMatchObject({ status: 202, body: { accepted: 0, rejected: [] } });
  });

  it('takes lines, and a bad line sinks no other', async () => {
    const { id } = await newUser();
    const lines = `{"userId":${id},"type":"x"}\n\n{"userId":\r\n{"userId":${id},"type":"y"}\n`;
    const answer = await post(lines, typed('application/x-ndjson; charset=utf-8'));
    expect(answer.body).toEqual({
      accepted: 2,
      rejected: [{ index: 1, code: 'invalid', detail: 'the line is no JSON' }],
    });
    expect(await count(id)).toBe(2);
  });

  it('takes a batch of events', async () => {
    const { id } = await newUser();
    const event = {
      specversion: '1.0',
      source: '/shop',
      id: 'e1',
      type: 'order.placed',
      subject: String(id),
      time: '2026-01-01T00:00:00Z',
    };
    const occurredAt = '2026-01-01T00:00:00.000Z';
    const answer = await post(
      JSON.stringify([event, { ...event, specversion: '2' }]),
      typed('application/cloudevents-batch+json'),
    );
    expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'invalid' }] });
    expect((await feed(id)).body).toMatchObject([
      { id: 'e1', source: '/shop', type: 'order.placed', occurredAt, data: null },
    ]);
  });

  it('gives data back as it was sent: every digit, name and text', async () => {
    const { id } = await newUser();
    const data = [
      '{"messageId":1524831183200260097}',
      '{"messageId":1524831183200260098}',
      '{"list":[1e-400,1.0,1E2,-0,1e999]}',
      '{"__proto__":{"a":1,"__proto__":[{"constructor":{}}]},"constructor":{"prototype":1}}',
      '{"red":"\\u001b[31m","page":"\\f","del":"\u007f\u0092"}',
      `${'{"a":'.repeat(100)}1.0${'}'.repeat(100)}`,
    ];
    const items = data.map((text, n) => `{"userId":${id},"type":"x","id":"${n}","data":${text}}`);
    expect((await post(`[${items.join(',')}]`, typed('application/json'))).body).toEqual({ accepted: 6, rejected: [] });
    expect((await post(items.join('\n'), typed('application/x-ndjson'))).body).toEqual({ accepted: 6, rejected: [] });
    const { text } = await feed(id);
    for (const one of data) expect(text).toContain(`"data":${one}}`);
    expect(await count(id)).toBe(6);
  });

  it('counts an item of a feed that is sent as it came once', async () => {
    const { id } = await newUser();
    await post([
      { userId: id, type: 'x' },
      { userId: id, type: 'x', id: 'own', source: '/s', data: { n: 1 } },
    ]);
    const { text } = await feed(id);
    expect((await post(text, typed('application/json'))).body).toEqual({ accepted: 2, rejected: [] });
    const lines = (JSON.parse(text) as object[]).map((item) => JSON.stringify(item)).join('\n');
    expect((await post(lines, typed('application/x-ndjson'))).body).toEqual({ accepted: 2, rejected: [] });
    expect((await feed(id)).text).toBe(text);
  });

  it('takes 10,000 items in one request', async () => {
    const { id } = await newUser();
    const items = Array.from({ length: 10_000 }, () => ({ userId: id, type: 'x' }));
    expect((await post(items)).body).toEqual({ accepted: 10_000, rejected: [] });
    expect(await count(id)).toBe(10_000);
  });

  it.each([
    ['no JSON', '{', 'application/json', 400],
    ['an empty body', '', 'application/json', 400],
    ['a batch that is no JSON', '[', 'application/cloudevents-batch+json', 400],
    ['a batch that is no array', '{}', 'application/cloudevents-batch+json', 422],
    ['another media type', '<a/>', 'text/xml', 415],
    ['a media type of other calls', '{}', 'application/merge-patch+json', 415],
    ['10,001 items', `[${'0,'.repeat(10_000)}0]`, 'application/json', 413],
    ['more than 8 MiB', ' '.repeat(8 * 1024 * 1024 + 1), 'application/x-ndjson', 413],
  ])('refuses %s', async (_, payload, type, status) => {
    const answer = await post(payload, typed(type));
    expect(answer).toMatchObject({ status, body: { status } });
  });

  it('counts a resend once by its Idempotency-Key, and twice without', async () => {
    const { id } = await newUser();
    const payload = [
      { userId: id, type: 'x' },
      { userId: id, type: 'x' },
    ];
    for (const key of ['k1', 'k1', 'k2']) await post(payload, { 'idempotency-key': key });
    expect(await count(id)).toBe(4);
    await post(payload);
    await post(payload);
    expect(await count(id)).toBe(8);
    const sourced = payload.map((one) => ({ ...one, id: null, source: '/s' }));
    for (const key of ['k3', 'k3']) await post(sourced, { 'idempotency-key': key });
    expect(await count(id)).toBe(10);
    expect((await post(payload, { 'idempotency-key': 'ü' })).status).toBe(400);
  });

  it('counts the same id of the same user once for ever', async () => {
    const { id } = await newUser();
    for (const type of ['first', 'second']) await post({ id: 'same', userId: id, type });
    expect((await feed(id)).body).toMatchObject([{ id: 'same', type: 'first' }]);
  });

  it('answers 503 with Retry-After while the log is down', async () => {
    const { id } = await newUser();
    service.log.isDown = true;
    const answer = await post({ userId: id, type: 'x' });
    service.log.isDown = false;
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.anything() } });
    expect(await count(id)).toBe(0);
  });

  it('lets history in only while the views keep up', async () => {
    const { id } = await newUser();
    const history = { 'tidemark-lane': 'backfill' };
    const items = Array.from({ length: 7_000 }, (_, n) => ({ id: `h${n}`, userId: id, type: 'x' }));
    service.log.paused = true;
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await post(items, history)).status);
    const live = await post({ userId: id, type: 'x' });
    service.log.paused = false;
    await service.log.deliver();
    expect(statuses[0]).toBe(202);
    expect(statuses.at(-1)).toBe(429);
    expect(live.status).toBe(202);
    expect((await post(items, { 'tidemark-lane': 'slow' })).status).toBe(400);
  });

  it('needs the scope activities:write', async () => {
    const answer = await service.call('POST', '/api/v3/activities', { payload: {}, scope: 'activities:read' });
    expect(answer.status).toBe(403);
  });

  it('appends under the key of the user, the id alone', async () => {
    const { id } = await newUser();
    await post({ username: `user-${names}`, type: 'x', id: 'key' });
    const record = service.log
      .recordsOf(activitiesTopic(service.namespace).name)
      .find(({ value }) => value.includes('"key"'));
    expect(record).toMatchObject({ key: `acme/${id}` });
    expect(record!.value.toString()).not.toContain('user-');
  });
});
