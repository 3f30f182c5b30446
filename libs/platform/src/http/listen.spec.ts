import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { raw, type RawAnswer, rawRequest } from '../../test/raw.js';
import { serveThings, tokenOf } from '../../test/things.js';

describe('the interface', () => {
  const apps: NestFastifyApplication[] = [];
  const logged: string[] = [];
  let port: number;
  let named: number;
  let token: string;
  const serve = async (options: { publicUrl?: string; allowedHosts?: string[] } = {}) => {
    const things = await serveThings(options, (line) => logged.push(line));
    apps.push(things.app);
    return things.port;
  };

  beforeAll(async () => {
    token = await tokenOf('users:read');
    port = await serve();
    named = await serve({ publicUrl: 'https://tidemark.example/v', allowedHosts: ['tidemark.example', 'here:81'] });
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
  });

  const send = (start: string, ...lines: string[]) =>
    rawRequest(port, `${start} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`, ...lines);
  const refusal = ({ status, headers, body }: RawAnswer) => {
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(body)),
    });
    const problem = JSON.parse(body) as { instance: string; status: number; type: string; errors?: object[] };
    expect(problem).toMatchObject({ status, instance: headers['request-id'] });
    expect(problem.instance).toMatch(/^urn:uuid:/);
    return { status, type: problem.type.replace('/problems/', ''), ...(problem.errors && { errors: problem.errors }) };
  };

  it.each([
    ['a page', 'GET /problems', 200],
    ['an object', 'GET /api/v3/things', 200],
    ['what it made', 'POST /api/v3/things', 201],
    ['a head', 'HEAD /api/v3/things', 200],
    ['an address that is not there', 'GET /nowhere', 404],
    ['an address that is not there under /api', 'GET /api/v3/nowhere', 404],
    ['a method that the address does not take', 'PUT /api/v3/things', 405],
    ['a path that is too long', `GET /api/v3/things/${'x'.repeat(301)}`, 400],
    ['a path that cannot be decoded', 'GET /api/v3/things/%ff', 400],
  ])('says of every answer that it is what it says, and which request it was: %s', async (_, start, status) => {
    const answer = await send(start);
    expect(answer).toMatchObject({
      status,
      headers: { 'x-content-type-options': 'nosniff', 'request-id': expect.stringMatching(/^urn:uuid:/) },
    });
    expect(answer.headers['cache-control']).toBe(start.includes('/api/') ? 'no-store' : undefined);
    if (status >= 400) refusal(answer);
  });

  it('lets pages load nothing from elsewhere', async () => {
    const { headers } = await send('GET /problems');
    expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  });

  it.each([
    ['PUT /api/v3/things', 'GET, HEAD, OPTIONS, POST'],
    ['PUT /api/v3/%74hings', 'GET, HEAD, OPTIONS, POST'],
    ['PUT http://elsewhere/api/v3/things', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE /api/v3/things/7?page=1', 'GET, HEAD, OPTIONS'],
    ['QUERY /api/v3/things/7', 'GET, HEAD, OPTIONS'],
    ['PROPFIND /api/v3/things/7', 'GET, HEAD, OPTIONS'],
    ['GET /api/v3/things/batch', 'OPTIONS, POST'],
    ['DELETE /api/v3/things/%62atch', 'OPTIONS, POST'],
    ['POST /problems/not-found', 'GET, HEAD, OPTIONS'],
  ])('says which methods a known address takes: %s', async (start, allow) => {
    const answer = await send(start);
    expect(refusal(answer)).toEqual({ status: 405, type: 'method-not-allowed' });
    expect(answer.headers.allow).toBe(allow);
  });

  it('says so under /api to nobody without a token', async () => {
    expect(await rawRequest(port, 'PUT /api/v3/things HTTP/1.1', 'Host: x')).toMatchObject({ status: 401 });
  });

  describe('challenges who is not let in', () => {
    const challenged = async (...authorization: string[]) =>
      (await rawRequest(port, 'GET /api/v3/things HTTP/1.1', 'Host: x', ...authorization)).headers['www-authenticate'];

    it('without an error where no token was sent', async () => {
      expect(await challenged()).toBe('Bearer realm="tidemark"');
      expect(await challenged('Authorization: Basic amFuZTpqYW5l')).toBe('Bearer realm="tidemark"');
    });

    it.each(['Bearer', 'Bearer a b', 'Bearer '])('as one that asks wrongly: %s', async (authorization) => {
      const challenge = await challenged(`Authorization: ${authorization}`);
      expect(challenge).toBe('Bearer realm="tidemark", error="invalid_request"');
    });

    it('as one whose token is not good', async () => {
      const challenge = await challenged('Authorization: Bearer x.y.z');
      expect(challenge).toBe('Bearer realm="tidemark", error="invalid_token"');
    });

    it('as one whose token lacks a scope, which is named', async () => {
      const challenge = await challenged(`Authorization: Bearer ${await tokenOf('statistics:read')}`);
      expect(challenge).toBe('Bearer realm="tidemark", error="insufficient_scope", scope="users:read admin"');
    });
  });

  it('leaves a trace of whom it did not let in, without the token', async () => {
    const other = await tokenOf('statistics:read');
    const before = logged.length;
    await rawRequest(port, 'GET /api/v3/things HTTP/1.1', 'Host: x', 'Authorization: Bearer x.y.z');
    await rawRequest(port, 'GET /api/v3/things?ticket=t HTTP/1.1', 'Host: x', `Authorization: Bearer ${other}`);
    const lines = logged.slice(before);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ status: 401, reason: 'bad-token', address: '127.0.0.1', path: '/api/v3/things' }),
      expect.objectContaining({ status: 403, reason: 'missing-scope', address: '127.0.0.1', subject: 'jane' }),
    ]);
    for (const secret of ['x.y.z', other, 'ticket']) expect(lines.join('')).not.toContain(secret);
  });

  it.each([
    ['Authorization', 'Bearer x'],
    ['authorization', 'Bearer x'],
    ['Host', 'x'],
    ['Content-Type', 'application/json'],
    ['environment-id', 'demo'],
    ['Idempotency-Key', 'k'],
  ])('takes one header %s alone', async (name, value) => {
    const lines = ['Content-Type', 'environment-id', 'Idempotency-Key'].includes(name) ? [`${name}: ${value}`] : [];
    expect(refusal(await send('POST /api/v3/things', ...lines, `${name}: ${value}`))).toMatchObject({
      status: 400,
      type: 'invalid-request',
      errors: [{ code: 'repeated' }],
    });
  });

  describe('looks at the host', () => {
    const ask = (at: number, host: string[], path = '/api/v3/things', version = '1.1') =>
      rawRequest(at, `GET ${path} HTTP/${version}`, ...host, `Authorization: Bearer ${token}`);

    it.each([['x'], ['X.example.'], ['a_b:1'], ['127.0.0.1:3000'], ['[::1]'], ['[::1]:65535']])(
      'and takes one that can be: %s',
      async (host) => expect((await ask(port, [`Host: ${host}`])).status).toBe(200),
    );

    it.each([
      '',
      '.',
      'a..b',
      '.a',
      'a b',
      'a/b',
      'a@b',
      'a:b',
      'a:70000',
      '[::1',
      '::1',
      'a,b',
      'a"b',
      'ä',
      '1.2.3.4.5',
      'a%20b',
    ])('and refuses what is none: "%s"', async (host) => {
      expect(refusal(await ask(port, [`Host: ${host}`]))).toMatchObject({
        status: 400,
        errors: [{ parameter: 'Host' }],
      });
    });

    it('which only HTTP 1.0 may leave out', async () => {
      expect(refusal(await ask(port, []))).toMatchObject({ status: 400, errors: [{ parameter: 'Host' }] });
      const old = await ask(port, [], '/api/v3/things', '1.0');
      expect([old.status, JSON.parse(old.body)]).toEqual([200, { next: '/api/v3/things?page=2' }]);
    });

    it('and takes only those that are allowed, where some are', async () => {
      for (const host of ['tidemark.example', 'Tidemark.Example:8443', 'here:81']) {
        expect((await ask(named, [`Host: ${host}`])).status).toBe(200);
      }
      for (const host of ['here', 'here:80', 'x.tidemark.example', 'tidemark.example.', 'evil:tidemark.example']) {
        expect(refusal(await ask(named, [`Host: ${host}`]))).toMatchObject({ errors: [{ parameter: 'Host' }] });
      }
      expect(refusal(await ask(named, [], '/api/v3/things', '1.0'))).toMatchObject({ status: 400 });
    });

    it('but not where an instance is watched, by its own address', async () => {
      expect((await ask(named, ['Host: 10.0.0.7:3000'], '/health/live')).status).toBe(200);
      for (const path of ['/metrics', '/metrics?collect=all'])
        expect((await ask(named, ['Host: 10.0.0.7:3000'], path)).status).not.toBe(400);
      expect((await ask(named, ['Host: 10.0.0.7:3000'], '/problems')).status).toBe(400);
    });
  });

  it('begins links as the request did, or with the public address', async () => {
    const made = (at: number) =>
      rawRequest(at, 'POST /api/v3/things HTTP/1.1', 'Host: here:81', `Authorization: Bearer ${token}`);
    const listed = (at: number) =>
      rawRequest(at, 'GET /api/v3/things HTTP/1.1', 'Host: here:81', `Authorization: Bearer ${token}`);
    expect(JSON.parse((await listed(port)).body)).toEqual({ next: 'http://here:81/api/v3/things?page=2' });
    expect((await made(port)).headers.location).toBe('/api/v3/things/1');
    const { body } = await listed(named);
    expect(JSON.parse(body)).toEqual({ next: 'https://tidemark.example/v/api/v3/things?page=2' });
    expect((await made(named)).headers.location).toBe('https://tidemark.example/v/api/v3/things/1');
  });

  it.each([
    ['no request line', 'nonsense\r\n\r\n', 400, 'invalid-request'],
    ['a method that nobody knows', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid-request'],
    ['another protocol', 'GET / HTTP/7.1\r\nHost: x\r\n\r\n', 400, 'invalid-request'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400, 'invalid-request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'invalid-request',
    ],
    ['too large a head', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('answers what cannot be parsed like any other error: %s', async (_, bytes, status, type) => {
    const answer = await raw(port, bytes);
    expect(refusal(answer)).toEqual({ status, type });
    expect(answer.headers.connection).toBe('close');
  });

  it('answers a body that cannot be parsed like any other error', async () => {
    const head = `POST /api/v3/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}`;
    const answer = await raw(
      port,
      `${head}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    );
    expect(refusal(answer)).toEqual({ status: 400, type: 'invalid-request' });
  });

  it('is not ready any more once it has begun to end', async () => {
    await serve();
    const app = apps.at(-1)!;
    const ready = () => app.inject({ method: 'GET', url: '/health/ready' });
    expect((await ready()).statusCode).toBe(200);
    app.getHttpAdapter().getInstance().draining.begin();
    const answer = await ready();
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { interface: 'is stopping' } },
    ]);
    expect((await app.inject({ method: 'GET', url: '/health/live' })).statusCode).toBe(200);
  });

  it('answers what comes on an open connection while it closes, and takes no other', async () => {
    const closingPort = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const asking = get({ port: closingPort, path: '/problems', agent });
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      await text(response);
      return [response.statusCode, response.headers.connection, asking.reusedSocket];
    };
    expect(await ask()).toEqual([200, 'keep-alive', false]);
    const closed = apps.pop()!.close();
    await expect(rawRequest(closingPort, 'GET /problems HTTP/1.1', 'Host: x')).rejects.toThrow('ECONNREFUSED');
    expect(await ask()).toEqual([200, 'close', true]);
    await closed;
  });
});
