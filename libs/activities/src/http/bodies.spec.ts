import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { Service } from '../../test/service.js';

const LARGEST = 8 * 1024 * 1024;
const servers = { databaseUrl: process.env.DATABASE_URL!, redisUrl: process.env.REDIS_URL! };
let service: Service;
let port: number;
let user: number;
const opened: ClientRequest[] = [];

beforeAll(async () => {
  service = await Service.start(servers);
  await service.app.listen(0, '127.0.0.1');
  port = Number(new URL(await service.app.getUrl()).port);
  user = (await service.registerUser('sender')).id;
});
afterEach(async () => {
  for (const request of opened.splice(0)) request.destroy();
  await taken();
});
afterAll(() => service.close());

const activity = () => JSON.stringify({ userId: user, type: 'seen' });
const post = (environment?: string) =>
  service.call('POST', '/api/v3/activities', {
    payload: environment ? [] : activity(),
    headers: JSON_BODY,
    environment,
  });
const JSON_BODY = { 'content-type': 'application/json' };

/** A request of which only the headers have come; the server has said that it waits for the body. */
async function begin(headers: Record<string, string | number> = {}, path = '/api/v3/activities') {
  const request = open({
    port,
    agent: false,
    method: 'POST',
    path,
    headers: { ...(await service.authorization()), ...JSON_BODY, expect: '100-continue', ...headers },
  });
  const response = Promise.withResolvers<IncomingMessage>();
  request.on('response', response.resolve).on('error', response.reject).flushHeaders();
  response.promise.catch(() => undefined);
  opened.push(request);
  await once(request, 'continue');
  return {
    request,
    /** Sends so much of the body. */
    fill: (bytes: number) => new Promise((resolve) => request.write(Buffer.alloc(bytes, ' '), resolve)),
    answer: async () => {
      const message = await response.promise;
      return { status: message.statusCode, headers: message.headers, body: await json(message) };
    },
  };
}

/** As much as an environment may have in hand, on its way. */
async function fillRoom(): Promise<void> {
  // A body's room doubles as it grows: the last half of it takes all that there is for one.
  for (let n = 0; n < 4; n += 1) await (await begin({ 'content-length': LARGEST })).fill(LARGEST - 1);
  await refused();
}
const refused = () =>
  eventually(async () => expect(await post()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } }));
const taken = () => eventually(async () => expect((await post()).status).toBe(202));

describe('bodies', () => {
  it('are turned away at once while half of 64 MiB is there for their environment, and taken when that is gone', async () => {
    await fillRoom();
    opened.pop()!.destroy();
    await taken();
  });

  it('of another environment are taken meanwhile', async () => {
    await fillRoom();
    expect((await post('other')).status).toBe(202);
  });

  it('take no room before they come, however large they are said to be', async () => {
    for (let n = 0; n < 20; n += 1) await (await begin({ 'content-length': LARGEST })).fill(1);
    for (let n = 0; n < 20; n += 1) await (await begin({ 'transfer-encoding': 'chunked' })).fill(1);
    expect((await post()).status).toBe(202);
    expect((await post('other')).status).toBe(202);
  });

  it('are weighed on every call', async () => {
    await fillRoom();
    const answer = await service.call('POST', '/api/v3/users', { payload: { username: 'x', email: 'x@y' } });
    expect(answer.status).toBe(429);
  });

  it('of whoever has no token take no room', async () => {
    for (let n = 0; n < 4; n += 1) {
      const { fill, answer } = await begin({ 'content-length': LARGEST, authorization: 'Bearer none' });
      void fill(LARGEST - 1);
      expect((await answer()).status).toBe(401);
    }
    expect((await post()).status).toBe(202);
  });

  it('that cannot be read leave no weight behind', async () => {
    for (let n = 0; n < 20; n += 1) {
      const payload = `{"userId":${'1'.repeat(4 * 1024 * 1024)}`;
      expect((await service.call('POST', '/api/v3/activities', { payload, headers: JSON_BODY })).status).toBe(400);
    }
  });

  it('in work keep their room when the client hangs up, until the work is done', async () => {
    const { log } = service;
    const held = Promise.withResolvers<void>();
    const deliver = log.deliver.bind(log);
    let appended = 0;
    log.deliver = () => {
      appended += 1;
      return held.promise.then(deliver);
    };
    const item = `${activity()}\n`;
    for (let n = 0; n < 4; n += 1) {
      const { request } = await begin({ 'content-length': LARGEST, 'content-type': 'application/x-ndjson' });
      request.end(item + ' '.repeat(LARGEST - item.length));
    }
    await eventually(() => expect(appended).toBe(4));
    for (const request of opened.splice(0)) request.destroy();
    await refused();
    held.resolve();
    log.deliver = deliver;
    await taken();
  });

  it.each([
    ['/api/v3/users', 64 * 1024, '64 KiB'],
    ['/api/v3/workspaces', 64 * 1024, '64 KiB'],
    ['/api/v3/activities', LARGEST, '8 MiB'],
    ['/api/v3/users/batch', LARGEST, '8 MiB'],
  ])('of %s take at most %p bytes, announced or not', async (path, limit, inWords) => {
    const tooLarge = { status: 413, body: { detail: expect.stringContaining(inWords) } };
    const announced = await begin({ 'content-length': limit + 1 }, path);
    expect(await announced.answer()).toMatchObject(tooLarge);
    const chunked = await begin({ 'transfer-encoding': 'chunked' }, path);
    void chunked.fill(limit + 1);
    expect(await chunked.answer()).toMatchObject(tooLarge);
    const payload = Buffer.alloc(limit, ' ');
    expect((await service.call('POST', path, { payload, headers: JSON_BODY })).status).toBe(400);
  });
});
