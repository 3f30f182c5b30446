import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { pino } from 'pino';
import { connectRedis, redisReady } from '#platform';
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
  const ticketOf = async (options: Parameters<typeof issue>[0] = {}) => (await issue(options)).body.ticket;
  const openWith = async (ticket: string, { path = '/api/v3/stream', at = services[0]!, headers = {} } = {}) => {
    const stream = await OpenStream.open(`${at.url}${path}${path.includes('?') ? '&' : '?'}ticket=${ticket}`, headers);
    const { status } = stream;
    return { stream, status };
  };
  const statusOf = async (...asked: Parameters<typeof openWith>) => {
    const { stream, status } = await openWith(...asked);
    stream.leave();
    return status;
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
    expect(body).toEqual({ ticket: expect.stringMatching(/^[\w-]+$/), expiresIn: 30 });
    const { stream, status } = await openWith(body.ticket, { path: '/api/v3/users/1/stream', at: services[1]! });
    expect(status).toBe(200);
    await view.send('acme', 1, { id: 'a' });
    await eventually(() => expect(stream.ids).toEqual(['a']));
    stream.leave();
  });

  it('let an EventSource come back by itself when the connection is lost, with nothing missing and nothing twice', async () => {
    const first = await startService(view, { redisUrl });
    const source = new EventSource(`${first.url}/api/v3/users/1/stream?ticket=${await ticketOf()}`);
    const got: string[] = [];
    source.onmessage = ({ data }) => got.push((JSON.parse(data as string) as { id: string }).id);
    await new Promise((resolve) => (source.onopen = resolve));
    await view.send('acme', 1, { id: 'before' });
    await eventually(() => expect(got).toEqual(['before']));
    await first.stop();
    await view.send('acme', 1, { id: 'meanwhile' });
    const second = await startService(view, { redisUrl, port: first.port });
    await view.send('acme', 1, { id: 'after' });
    await eventually(() => expect(got).toEqual(['before', 'meanwhile', 'after']));
    source.close();
    await second.stop();
  });

  it('are for one stream, of many that are tried at once', async () => {
    const ticket = await ticketOf();
    const paths = ['/api/v3/stream', '/api/v3/stream?types=a', '/api/v3/users/1/stream', '/api/v3/stream?types=b'];
    const statuses = await Promise.all(paths.map((path, n) => statusOf(ticket, { path, at: services[n % 2]! })));
    expect([...statuses].sort()).toEqual([200, 401, 401, 401]);
    const path = paths[statuses.indexOf(200)]!;
    expect(await Promise.all(services.map((at) => statusOf(ticket, { path, at })))).toEqual([200, 200]);
  });

  it('are for the same stream however its address is written, from wherever and in whatever format', async () => {
    const ticket = await ticketOf();
    expect(await statusOf(ticket, { path: '/api/v3/stream?types=a,b' })).toBe(200);
    const lines = { headers: { accept: 'application/x-ndjson' } };
    expect(await statusOf(ticket, { path: '/api/v3/stream?since=2020-01-01T00:00:00Z&types=b,a,b', ...lines })).toBe(
      200,
    );
    expect(await statusOf(ticket, { path: '/api/v3/stream?types=a' })).toBe(401);
    expect(await statusOf(ticket, { path: '/api/v3/stream' })).toBe(401);
  });

  it('are not used up by a request that is refused', async () => {
    const ticket = await ticketOf();
    expect(await statusOf(ticket, { path: '/api/v3/users/999/stream' })).toBe(404);
    expect(await statusOf(ticket, { path: '/api/v3/users/me/stream' })).toBe(400);
    expect(await statusOf(ticket, { path: '/api/v3/stream?types=' })).toBe(400);
    expect(await statusOf(ticket, { path: '/api/v3/stream', headers: { 'environment-id': 'other' } })).toBe(403);
    expect(await statusOf(ticket, { path: '/api/v3/users/1/stream' })).toBe(200);
  });

  it('are not looked at beside a good token, and stand in for a bad one', async () => {
    const authorization = await bearer(['acme']);
    expect(await statusOf('x', { headers: { authorization } })).toBe(200);
    const ticket = await ticketOf();
    expect(await statusOf(ticket, { headers: { authorization }, path: '/api/v3/stream?types=a' })).toBe(200);
    expect(await statusOf(ticket, { headers: { authorization: 'Bearer bad' }, path: '/api/v3/stream' })).toBe(200);
    expect(await statusOf('x', { headers: { authorization: 'Bearer bad' } })).toBe(401);
  });

  it('cannot be made by who can write to Redis', async () => {
    const redis = await redisReady(connectRedis(redisUrl, () => undefined));
    const claims = { subject: 'spec', environment: 'acme', environments: ['acme'], scopes: ['activities:read'] };
    const ticket = 'x'.repeat(43);
    const key = view.namespace.key('ticket', createHash('sha256').update(ticket).digest('base64url'));
    await redis.client.set(
      key,
      JSON.stringify({ ...claims, issuedAt: Date.now(), expiresAt: Date.now() + 60_000 }),
      'EX',
      60,
    );
    expect(await statusOf(ticket)).toBe(401);
    redis.disconnect();
  });

  it('are for the environment that they were asked for, and no other', async () => {
    const { stream, status } = await openWith(await ticketOf({ environments: ['acme', 'other'], header: 'other' }));
    expect(status).toBe(200);
    await view.send('acme', 1, { id: 'foreign' });
    await view.send('other', 1, { id: 'own' });
    await eventually(() => expect(stream.ids).toEqual(['own']));
    stream.leave();
  });

  it("end their stream with the token's time", async () => {
    const { stream, status } = await openWith(await ticketOf({ ttl: 2 }));
    expect(status).toBe(200);
    expect(await stream.ended).toBe(true);
  });

  it('open streams and nothing else', async () => {
    const ticket = await ticketOf();
    const answer = await fetch(`${services[0]!.url}/api/v3/stream-tickets?ticket=${ticket}`, { method: 'POST' });
    expect(answer.status).toBe(401);
    expect(await statusOf(ticket)).toBe(200);
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
    expect(await statusOf(await ticketOf(), { at: service })).toBe(503);
    const headers = { authorization: await bearer(['acme']) };
    const stream = await OpenStream.open(`${service.url}/api/v3/stream`, headers);
    expect(stream.status).toBe(200);
    await service.stop();
  });

  it('stand in no line of the log, whatever goes wrong, and no more do tokens', async () => {
    let lines = '';
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines += chunk.toString();
        done();
      },
    });
    const logger = pino({ level: 'trace' }, output);
    const service = await startService(view, { redisUrl: 'redis://127.0.0.1:1', logger });
    const [ticket, authorization] = [await ticketOf(), await bearer(['acme'])];
    expect(await statusOf(ticket, { at: service })).toBe(503);
    await view.postgres.query('ALTER TABLE users RENAME TO hidden');
    expect(await statusOf(ticket, { at: service, path: '/api/v3/users/1/stream' })).toBe(503);
    expect(await statusOf('x', { at: service, path: '/api/v3/users/1/stream', headers: { authorization } })).toBe(503);
    await view.postgres.query('ALTER TABLE hidden RENAME TO users');
    await service.stop();
    expect(lines).toMatch(/Tickets cannot be issued or used/);
    expect(lines).not.toContain(ticket);
    expect(lines).not.toContain(authorization.slice('Bearer '.length));
    expect(lines).not.toContain('ticket=');
  });
});
