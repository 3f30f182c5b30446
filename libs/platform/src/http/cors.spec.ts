import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { raw, rawRequest } from '../../test/raw.js';
import { serveThings, tokenOf } from '../../test/things.js';
import { ANSWER_HEADERS } from '../openapi/answer-headers.js';

const APP = 'https://app.example';

describe('pages of other origins', () => {
  const apps: NestFastifyApplication[] = [];
  let port: number;
  let open: number;
  let token: string;

  const serve = async (corsOrigins: string[]) => {
    const things = await serveThings({ corsOrigins, allowedHosts: ['x'] });
    apps.push(things.app);
    return things.port;
  };
  beforeAll(async () => {
    token = await tokenOf('users:read');
    port = await serve([APP, 'http://localhost:5173']);
    open = await serve(['*']);
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
  });

  const from = (origin: string, start: string, ...lines: string[]) =>
    rawRequest(port, `${start} HTTP/1.1`, 'Host: x', `Origin: ${origin}`, ...lines);
  const preflight = (origin: string, path: string, method: string, ...lines: string[]) =>
    from(origin, `OPTIONS ${path}`, `Access-Control-Request-Method: ${method}`, ...lines);
  const listed = (header: string | undefined) => (header ?? '').split(', ').map((name) => name.toLowerCase());

  it('are told by a preflight, without a token, what they may send', async () => {
    const asked = 'Access-Control-Request-Headers: authorization,content-type,ce-id,traceparent,Tidemark-Lane';
    const { status, headers, body } = await preflight(APP, '/api/v3/things', 'POST', asked);
    expect({ status, body }).toEqual({ status: 204, body: '' });
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': expect.stringMatching(/\bPATCH\b/),
      'access-control-max-age': '7200',
      allow: 'GET, HEAD, OPTIONS, POST',
    });
    expect(listed(headers['access-control-allow-headers'])).toEqual(
      expect.arrayContaining([
        ...['authorization', 'content-type', 'content-encoding', 'environment-id', 'idempotency-key'],
        ...['if-match', 'if-none-match', 'last-event-id', 'tidemark-lane', 'ce-id', 'traceparent'],
      ]),
    );
    expect(listed(headers.vary)).toEqual(expect.arrayContaining(['origin', 'access-control-request-headers']));
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may ask for what is not there, and read that it is not', async () => {
    expect(await preflight(APP, '/api/v3/nowhere', 'GET')).toMatchObject({ status: 204 });
    expect(await preflight(APP, '/api/v3/things/7', 'DELETE')).toMatchObject({ status: 204 });
  });

  it('are let through no header that is none', async () => {
    const { headers } = await preflight(APP, '/', 'GET', 'Access-Control-Request-Headers: a b, x-y, ä, "z"');
    expect(headers['access-control-allow-headers']).toMatch(/, x-y$/);
  });

  it.each([
    ['an answer', 'GET /api/v3/things', 200],
    ['a page', 'GET /problems', 200],
    ['no token', 'GET /api/v3/things ', 401],
    ['nothing at this address', 'GET /nowhere', 404],
    ['a method that the address does not take', 'DELETE /api/v3/things', 405],
    ['a path that is too long', `GET /api/v3/things/${'x'.repeat(301)}`, 400],
    ['a path that cannot be decoded', 'GET /api/v3/things/%ff', 400],
    ['a body of a wrong kind', 'POST /problems', 405],
  ])('read each answer with its headers: %s', async (_, start, status) => {
    const lines = status === 401 ? [] : [`Authorization: Bearer ${token}`];
    const { headers, ...answer } = await from(APP, start.trim(), ...lines);
    expect(answer.status).toBe(status);
    expect(headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'Origin' });
    expect(listed(headers['access-control-expose-headers'])).toEqual(
      expect.arrayContaining([...Object.keys(ANSWER_HEADERS), 'Request-Id', 'Allow'].map((name) => name.toLowerCase())),
    );
  });

  it('read what is said of a host that is refused, and what the parser refuses', async () => {
    const elsewhere = await rawRequest(port, 'GET /problems HTTP/1.1', 'Host: y', `Origin: ${APP}`);
    expect(elsewhere).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': APP } });
    const lengths = 'Content-Length: 1\r\nContent-Length: 2';
    const unreadable = await raw(port, `POST / HTTP/1.1\r\nHost: x\r\nOrigin: ${APP}\r\n${lengths}\r\n\r\nab`);
    const head = `POST /api/v3/things HTTP/1.1\r\nHost: x\r\nOrigin: ${APP}\r\nAuthorization: Bearer ${token}`;
    const body = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    expect(await raw(port, `${head}\r\n${body}`)).toMatchObject({ headers: { 'access-control-allow-origin': APP } });
    expect(unreadable).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': APP, vary: 'Origin' } });
  });

  it.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'null',
    '',
  ])('of another origin are answered as if nobody had asked: "%s"', async (origin) => {
    const answers = [
      await from(origin, 'GET /api/v3/things', `Authorization: Bearer ${token}`),
      await preflight(origin, '/api/v3/things', 'POST'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 204]);
    for (const { headers } of answers) {
      expect(Object.keys(headers).join()).not.toMatch(/access-control/);
      expect(headers.vary).toBe('Origin');
    }
    expect(await preflight(origin, '/nowhere', 'GET')).toMatchObject({ status: 404 });
  });

  it('are all let in by *, without a word of who asked', async () => {
    const { headers } = await rawRequest(open, 'GET /problems HTTP/1.1', 'Host: x', 'Origin: https://any.example');
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(headers).not.toHaveProperty('vary');
  });
});
