import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Client, type Service, startService } from '../support/service.js';

const jane = { username: 'jane', email: 'jane@example.com' };

describe('what is refused', () => {
  let service: Service;
  let demo: Client;

  beforeAll(async () => {
    service = await startService();
    demo = await service.client('demo');
  });
  afterAll(() => service?.stop());

  it.each([
    ['GET', '/api/v3/users'],
    ['POST', '/api/v3/users'],
    ['GET', '/api/v3/users/1'],
    ['GET', '/api/v2/users'],
    ['GET', '/api/v3/no-such-address'],
  ])('without a token nothing is answered: %s %s', async (method, path) => {
    const answer = await call(service.url + path, method, method === 'POST' ? '{' : undefined);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.stringify(answer.body)).not.toMatch(/count|username/);
  });

  it.each(['Bearer', 'Bearer x.y.z', 'Basic amFuZTpqYW5l', 'Bearer a b'])(
    'the header "%s" is no token',
    async (authorization) => {
      expect((await call(`${service.url}/api/v3/users`, 'GET', undefined, { authorization })).status).toBe(401);
    },
  );

  it('an environment that the token does not name is 403, one that is no id is 400', async () => {
    const authorization = `Bearer ${await service.token({ environments: ['demo', 'other'] })}`;
    const ask = (headers: Record<string, string>) =>
      call(`${service.url}/api/v3/users`, 'GET', undefined, { authorization, ...headers });
    expect(await ask({ 'environment-id': 'third' })).toMatchObject({
      status: 403,
      body: { type: '/problems/environment-forbidden' },
    });
    expect(await ask({ 'environment-id': '../x' })).toMatchObject({ status: 400 });
    expect(await ask({})).toMatchObject({ status: 400, body: { type: '/problems/environment-required' } });
    expect(await ask({ 'environment-id': 'other' })).toMatchObject({ status: 200 });
  });

  it('a token without the scope of the call is 403, before the body is looked at', async () => {
    const reader = await service.client('demo', { scope: 'users:read' });
    expect(await reader('POST', '/api/v3/users', '{')).toMatchObject({
      status: 403,
      body: { type: '/problems/missing-scope' },
    });
    expect((await reader('GET', '/api/v3/users')).status).toBe(200);
  });

  it.each([
    ['?page=0', 'page'],
    ['?page=1.5', 'page'],
    ['?page=', 'page'],
    ['?page=1&page=2', 'page'],
    ['?page_size=501', 'page_size'],
    ['?unknown=1', 'unknown'],
    ['?isActive=yes', 'isActive'],
    ['?lastActiveSince=yesterday', 'lastActiveSince'],
  ])('the query %s is 400 and names its parameter', async (query, parameter) => {
    const answer = await demo('GET', `/api/v3/users${query}`);
    expect(answer).toMatchObject({ status: 400, body: { type: '/problems/invalid-request', errors: [{ parameter }] } });
  });

  it.each(['0', '-1', '1e3', '%00', 'x', '99999999999999999999'])('the id %s is 400', async (id) => {
    expect((await demo('GET', `/api/v3/users/${id}`)).status).toBe(400);
  });

  it.each([
    ['no username', { email: 'a@b.c' }, '/username'],
    ['an empty username', { ...jane, username: ' ' }, '/username'],
    ['a username of 151 characters', { ...jane, username: 'x'.repeat(151) }, '/username'],
    ['a control character', { ...jane, firstName: 'a\u0000b' }, '/firstName'],
    ['half a character', { ...jane, lastName: '\ud800' }, '/lastName'],
    ['no address', { ...jane, email: 'jane' }, '/email'],
    ['an address with two @', { ...jane, email: 'jane@home@example.com' }, '/email'],
    ['an address with an empty label', { ...jane, email: 'jane@example..com' }, '/email'],
    ['isActive as text', { ...jane, isActive: 'true' }, '/isActive'],
    ['a profile that is no object', { ...jane, profile: [] }, '/profile'],
    ['a profile beyond 16 KiB', { ...jane, profile: { a: 'x'.repeat(16 * 1024) } }, '/profile'],
    ['a profile with a NUL inside', { ...jane, profile: { a: ['\u0000'] } }, '/profile'],
    ['an unknown field', { ...jane, 'admin~/': true }, '/admin~0~1'],
  ])('a user with %s is 422 and names the place', async (_, user, pointer) => {
    const answer = await demo('POST', '/api/v3/users', user);
    expect(answer).toMatchObject({ status: 422, body: { type: '/problems/invalid-body', errors: [{ pointer }] } });
  });

  it('a body that is no JSON is 400, of another kind 415, too large 413', async () => {
    for (const body of ['{', '', '{"__proto__":{"a":1}}']) {
      expect((await demo('POST', '/api/v3/users', body)).status).toBe(400);
    }
    expect(
      (await demo('POST', '/api/v3/users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
    expect((await demo('POST', '/api/v3/users', 'text', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await demo('POST', '/api/v3/users', `"${'x'.repeat(8 * 1024 * 1024)}"`)).status).toBe(413);
  });

  it('a number or array as the body is 422', async () => {
    for (const body of [1, [], null, 'x'])
      expect((await demo('POST', '/api/v3/users', JSON.stringify(body))).status).toBe(422);
  });

  it('a profile that grows beyond 16 KiB by patches is 422', async () => {
    const { body } = await demo('POST', '/api/v3/users', { ...jane, profile: { a: 'x'.repeat(12_000) } });
    const grown = await demo('PATCH', `/api/v3/users/${body.id}`, { profile: { b: 'x'.repeat(12_000) } });
    expect(grown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/profile' }] } });
  });

  it('an Idempotency-Key that is none is 400', async () => {
    const answer = await demo('POST', '/api/v3/users', jane, { 'idempotency-key': 'ä' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ parameter: 'Idempotency-Key' }] } });
  });

  it('errors lead to a page that says what to do', async () => {
    const { body } = await demo('GET', '/api/v3/users/999999');
    expect(body).toMatchObject({
      status: 404,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    const page = await fetch(service.url + body.type);
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/<h1>.*<\/h1>/);
  });

  it('an address outside /api that is not there is 404', async () => {
    expect(await call(`${service.url}/nothing`, 'GET')).toMatchObject({
      status: 404,
      body: { type: '/problems/not-found' },
    });
  });
});
