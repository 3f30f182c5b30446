import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { bearer, OpenStream, type Service, startService } from '../../test/service.js';
import { openView, type View } from '../../test/view.js';

const redisUrl = process.env.REDIS_URL!;

describe('tickets of the stream', () => {
  let view: View;
  let services: Service[];

  const issue = async (options: { environments?: string[]; header?: string; ttl?: number; at?: Service } = {}) => {
    const { environments = ['acme'], header, ttl, at = services[0]! } = options;
    const authorization = await bearer(environments, { ttl });
    const headers = { authorization, ...(header && { 'environment-id': header }) };
    const answer = await fetch(`${at.url}/api/v3/stream-tickets`, { method: 'POST', headers });
    return { answer, body: (await answer.json()) as { ticket: string; expiresIn: number } };
  };
  const openWith = async (ticket: string, { path = '/api/v3/stream', at = services[0]! } = {}) => {
    const stream = await OpenStream.open(`${at.url}${path}?ticket=${ticket}`);
    const { status } = stream;
    return { stream, status };
  };

  beforeAll(async () => {
    view = await openView(process.env.DATABASE_URL!);
    await view.register('acme');
    services = [await startService(view, { redisUrl }), await startService(view, { redisUrl })];
    // Redis is connected to in the background: the first moment of a process is like a Redis that is down.
    for (const at of services) await eventually(async () => expect((await issue({ at })).answer.status).toBe(201));
  });

  afterAll(async () => {
    for (const service of services) await service.stop();
    await view.close();
  });

  it('open a stream without a header, on any instance', async () => {
    const { answer, body } = await issue();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({ ticket: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 30 });
    const { stream, status } = await openWith(body.ticket, { path: '/api/v3/users/1/stream', at: services[1]! });
    expect(status).toBe(200);
    await view.send('acme', 1, { id: 'a' });
    await eventually(() => expect(stream.ids).toEqual(['a']));
    stream.leave();
  });

  it('are good once, of many who try at once', async () => {
    const { body } = await issue();
    const tries = await Promise.all(
      services.flatMap((at) => [openWith(body.ticket, { at }), openWith(body.ticket, { at })]),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    for (const { stream } of tries) stream.leave();
  });

  it('are for the environment that they were asked for, and no other', async () => {
    const { body } = await issue({ environments: ['acme', 'other'], header: 'other' });
    const { stream, status } = await openWith(body.ticket);
    expect(status).toBe(200);
    await view.send('acme', 1, { id: 'foreign' });
    await view.send('other', 1, { id: 'own' });
    await eventually(() => expect(stream.ids).toEqual(['own']));
    stream.leave();
  });

  it('last no longer than the token', async () => {
    const { body } = await issue({ ttl: 2 });
    const { stream, status } = await openWith(body.ticket);
    expect(status).toBe(200);
    expect(await stream.ended).toBe(true);
    const subject = { subject: 'spec', environments: ['acme'], environment: 'acme', scopes: new Set<string>() };
    const late = await services[0]!.tickets.issue({ ...subject, expiresAt: Date.now() - 1 });
    expect((await openWith(late)).status).toBe(401);
  });

  it('open streams and nothing else', async () => {
    const { body } = await issue();
    const answer = await fetch(`${services[0]!.url}/api/v3/stream-tickets?ticket=${body.ticket}`, { method: 'POST' });
    expect(answer.status).toBe(401);
    expect((await openWith(body.ticket)).status).toBe(200);
  });

  it('are refused with a reason when they were never issued', async () => {
    const { stream, status } = await openWith('x'.repeat(43));
    await stream.ended;
    expect(status).toBe(401);
    expect(stream.headers['www-authenticate']).toBe('Bearer realm="tidemark", error="invalid_token"');
    expect(JSON.parse(stream.text)).toMatchObject({ type: '/problems/unauthorized', status: 401 });
  });

  it('need the scope of the stream, and take no parameters', async () => {
    const post = async (scope: string, query: string) => {
      const headers = { authorization: await bearer(['acme'], { scope }) };
      return (await fetch(`${services[0]!.url}/api/v3/stream-tickets${query}`, { method: 'POST', headers })).status;
    };
    expect(await post('activities:write', '')).toBe(403);
    expect(await post('activities:read', '?ttl=60')).toBe(400);
  });

  it('are unavailable without Redis, while tokens still open streams', async () => {
    const service = await startService(view, { redisUrl: 'redis://127.0.0.1:1' });
    const { answer } = await issue({ at: service });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await openWith('x'.repeat(43), { at: service })).status).toBe(503);
    const headers = { authorization: await bearer(['acme']) };
    const stream = await OpenStream.open(`${service.url}/api/v3/stream`, headers);
    expect(stream.status).toBe(200);
    await service.stop();
  });
});
