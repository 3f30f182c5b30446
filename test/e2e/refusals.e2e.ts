import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
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
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tidemark"');
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
    expect(await ask({})).toMatchObject({
      status: 400,
      body: { type: '/problems/environment-required', errors: [{ parameter: 'environment-id', code: 'required' }] },
    });
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

  it.each(['%', '%E0%A4%A', '%C3%28', 'a%'])('a query that cannot be decoded is 400: %s', async (q) => {
    for (const call of [`search?q=${q}`, `?page=1&isActive=${q}`]) {
      const answer = await demo('GET', `/api/v3/users${call.startsWith('?') ? '' : '/'}${call}`);
      expect(answer).toMatchObject({ status: 400, body: { type: '/problems/invalid-request' } });
    }
  });

  it('a body that is wrong as a whole is told so without a place', async () => {
    const { status, body } = await demo('POST', '/api/v3/users', []);
    expect({ status, detail: body.detail }).toEqual({ status: 422, detail: expect.stringMatching(/^[A-Z]/) });
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
    ['nothing in the username that can be seen', { ...jane, username: '\u200b\u3164\ufe0f' }, '/username'],
    ['a name that turns what stands behind it', { ...jane, firstName: 'a\u202eb' }, '/firstName'],
    ['null where there has to be something', { ...jane, username: null }, '/username'],
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

  it.each([
    ['POST', '/api/v3/workspaces', { name: '\u2800' }, '/name'],
    ['POST', '/api/v3/groups', { name: '\u2066Tide' }, '/name'],
    ['POST', '/api/v3/groups', { name: null }, '/name'],
    ['POST', '/api/v3/workspaces', { name: 'Tide', more: 1 }, '/more'],
    ['PATCH', '/api/v3/workspaces/1', { name: null }, '/name'],
    ['PATCH', '/api/v3/groups/1', { title: 'x' }, '/title'],
    ['PUT', '/api/v3/workspaces/1/permissions/users/1', { role: null }, '/role'],
    ['PUT', '/api/v3/workspaces/1/permissions/groups/1', { role: 'editor', more: null }, '/more'],
    ['PATCH', '/api/v3/users/1', { name: null }, '/name'],
  ])('%s %s of %j is 422 and names the place', async (method, path, body, pointer) => {
    const answer = await demo(method, path, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer, detail: expect.any(String) }] } });
  });

  it('null is left out wherever a field may be left out', async () => {
    const nulls = { firstName: null, lastName: null, isActive: null, profile: null };
    const defaults = { firstName: '', lastName: '', isActive: true, profile: {} };
    const client = await service.client('nulls');
    const made = await client('POST', '/api/v3/users', { ...jane, ...nulls });
    expect(made).toMatchObject({ status: 201, body: { ...jane, ...defaults } });
    await client('PATCH', '/api/v3/users/1', { firstName: 'J', isActive: false, profile: { a: 1 } });
    expect(await client('PUT', '/api/v3/users/1', { ...jane, ...nulls })).toMatchObject({
      status: 200,
      body: defaults,
    });
    const batch = await client('POST', '/api/v3/users/batch', [{ username: 'b', email: 'b@x.y', ...nulls }]);
    expect(batch.body).toEqual({ created: 1, rejected: [] });
  });

  it('a body that is no JSON is 400, of another kind 415, too large 413', async () => {
    for (const body of ['{', '']) expect((await demo('POST', '/api/v3/users', body)).status).toBe(400);
    expect(
      (await demo('POST', '/api/v3/users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
    expect((await demo('POST', '/api/v3/users', 'text', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await demo('POST', '/api/v3/users', `"${'x'.repeat(8 * 1024 * 1024)}"`)).status).toBe(413);
  });

  it.each([
    ['PUT', '/api/v3/users/1', 'application/merge-patch+json'],
    ['PUT', '/api/v3/users/1', 'application/x-ndjson'],
    ['PATCH', '/api/v3/users/1', 'application/x-ndjson'],
    ['POST', '/api/v3/users', 'application/cloudevents-batch+json'],
    ['POST', '/api/v3/users/batch', 'application/merge-patch+json'],
    ['POST', '/api/v3/activities', 'application/merge-patch+json'],
  ])('a media type of other calls is 415: %s %s %s', async (method, path, type) => {
    const answer = await demo(method, path, JSON.stringify(jane), { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, body: { type: '/problems/unsupported-media-type' } });
  });

  it('a media type counts without regard to case and parameters, and a body must have one', async () => {
    const typed = (type: string) => demo('PATCH', '/api/v3/users/999999', '{}', { 'content-type': type });
    expect((await typed('Application/Merge-Patch+JSON; charset=utf-8')).status).toBe(404);
    expect((await typed('')).status).toBe(415);
  });

  it.each(['POST /api/v3/users', 'PUT /api/v3/users/1', 'PATCH /api/v3/users/1', 'POST /api/v3/activities'])(
    'a command without its body is 400: %s',
    async (call) => {
      const [method = '', path = ''] = call.split(' ');
      const answer = await demo(method, path);
      expect(answer).toMatchObject({ status: 400, body: { detail: 'The request has no body.' } });
    },
  );

  it('a call that takes no body may name a media type all the same', async () => {
    for (const [method, status] of [
      ['GET', 404],
      ['DELETE', 404],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      expect((await demo(method, '/api/v3/users/999999', undefined, headers)).status).toBe(status);
    }
  });

  it.each([
    ['{"__proto__":{"a":1}}', '/__proto__'],
    ['{"constructor":{"prototype":1}}', '/constructor'],
  ])('a name that JavaScript has a use for is refused like any other: %s', async (json, pointer) => {
    const answer = await demo('PATCH', '/api/v3/users/1', json);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('a name that JavaScript has a use for sinks no other item', async () => {
    const items = '[{"__proto__":{},"type":"x","userId":1},{"constructor":{"prototype":1}}]';
    const answer = await demo('POST', '/api/v3/activities', items);
    expect(answer).toMatchObject({ status: 422, body: { accepted: 0, rejected: [{ index: 0 }, { index: 1 }] } });
  });

  it('a body at fault in very many places gets an answer of 50', async () => {
    const fields = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`f${index}`, 1]));
    const answer = await demo('POST', '/api/v3/users', fields);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toHaveLength(50);
  });

  it('a parameter of a call that takes none is 400 and named', async () => {
    const answer = await demo('GET', '/api/v3/users/1?fields=id');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ parameter: 'fields', code: 'unknown' }] } });
    expect((await demo('DELETE', '/api/v3/users/1?force=1')).status).toBe(400);
    expect((await demo('GET', '/api/v3/users/1?ticket=x')).status).toBe(400);
  });

  it('an id of more than 300 characters is 400', async () => {
    expect((await demo('GET', `/api/v3/users/${'1'.repeat(301)}`)).status).toBe(400);
  });

  it.each(['/%61pi/v3/users', '/a%70i/v2/users', 'http://elsewhere/api/v3/users'])(
    'another spelling of an address is no way around the token: %s',
    async (target) => {
      expect(await raw(service.url, `GET ${target} HTTP/1.1\r\nHost: x`)).toMatch(/^HTTP\/1.1 401 /);
    },
  );

  it('an error of v2 has the shape of v2, however the address is spelled', async () => {
    const answer = await demo('GET', '/%61pi/v2/users?limit=0');
    expect(answer).toMatchObject({ status: 400, body: { status: 'error', error: { code: 'invalid-request' } } });
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

/** The answer to a request line and headers that no client would send. */
function raw(url: string, head: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  return text(socket);
}
