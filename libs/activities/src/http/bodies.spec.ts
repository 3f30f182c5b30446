import { type ClientRequest, request as open } from 'node:http';
import { once } from 'node:events';
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
  await eventually(async () => expect((await post()).status).toBe(202));
});
afterAll(() => service.close());

const post = () => service.call('POST', '/api/v3/activities', { payload: { userId: user, type: 'seen' } });

/** A request of which only the headers have come; the server has said that it waits for the body. */
async function begin(headers: Record<string, string | number>): Promise<ClientRequest> {
  const request = open({
    port,
    agent: false,
    method: 'POST',
    path: '/api/v3/activities',
    headers: {
      ...(await service.authorization()),
      'content-type': 'application/json',
      expect: '100-continue',
      ...headers,
    },
  });
  request.on('error', () => undefined).flushHeaders();
  opened.push(request);
  await once(request, 'continue');
  return request;
}

/** As many as an environment may have in hand when it is alone. */
const beginAll = async (headers: Record<string, string | number>) => {
  for (let n = 0; n < 4; n += 1) await begin(headers);
};
const refused = () =>
  eventually(async () => expect(await post()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } }));

describe('bodies of activities', () => {
  it('are turned away at once while half of 64 MiB is on its way for their environment, and taken when that is gone', async () => {
    await beginAll({ 'content-length': LARGEST });
    await refused();
    opened.pop()!.destroy();
    await eventually(async () => expect((await post()).status).toBe(202));
  });

  it('of another environment are taken meanwhile', async () => {
    await beginAll({ 'content-length': LARGEST });
    await refused();
    const other = await service.call('POST', '/api/v3/activities', { payload: [], environment: 'other' });
    expect(other.status).toBe(202);
  });

  it('of unknown length count as the largest until they are there', async () => {
    await beginAll({ 'transfer-encoding': 'chunked' });
    await refused();
    const last = opened.at(-1)!;
    last.end(JSON.stringify({ userId: user, type: 'seen' }));
    const [answer] = (await once(last, 'response')) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(202);
    expect((await post()).status).toBe(202);
  });

  it('of whoever has no token take no room', async () => {
    await beginAll({ 'content-length': LARGEST, authorization: 'Bearer none' });
    expect((await post()).status).toBe(202);
  });

  it('that cannot be read leave no weight behind', async () => {
    for (let n = 0; n < 20; n += 1) {
      const payload = `{"userId":${'1'.repeat(4 * 1024 * 1024)}`;
      const answer = await service.call('POST', '/api/v3/activities', {
        payload,
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(400);
    }
  });
});
