import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, isStream, type Operation } from '../support/api-document.js';
import { type Service, startService } from '../support/service.js';

describe('every address that the document names', () => {
  let service: Service;
  let operations: readonly Operation[];
  let headers: Record<string, string>;

  beforeAll(async () => {
    service = await startService();
    ({ operations } = await ApiDocument.of(service.url));
    headers = { authorization: `Bearer ${await service.token()}`, 'environment-id': 'demo' };
    const client = await service.client();
    await client('POST', '/api/v3/users', { username: 'ann', email: 'ann@example.com' });
    await client('POST', '/api/v3/workspaces', { name: 'Tide' });
    await client('POST', '/api/v3/groups', { name: 'Crew' });
  });
  afterAll(() => service?.stop());

  const urlOf = (path: string) => service.url + path.replaceAll(/\{\w+\}/g, '1');
  const methodsAt = (path: string) => operations.filter((one) => one.path === path).map(({ method }) => method);
  /** Of a stream the beginning; Node's fetch hears of no body behind HEAD by itself. */
  const beginning = async (url: string, method: string, more: Record<string, string> = {}) => {
    const leave = new AbortController();
    const answer = await fetch(url, { method, headers: { ...headers, ...more }, signal: leave.signal });
    const type = answer.headers.get('content-type');
    const text = isStream(type) ? '' : await answer.text();
    leave.abort();
    return { status: answer.status, type, text };
  };

  it('tells by OPTIONS, without a token, what it takes', async () => {
    const paths = [...new Set(operations.map(({ path }) => path))];
    expect(paths.length).toBeGreaterThan(30);
    for (const path of [...paths, '/docs', '/docs-json']) {
      const answer = await fetch(urlOf(path), { method: 'OPTIONS' });
      const allow = (answer.headers.get('allow') ?? '').split(', ');
      const documented = path.startsWith('/docs') ? ['GET'] : methodsAt(path);
      const wanted = [...documented, ...(documented.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
      expect({ path, status: answer.status, allow }).toEqual({ path, status: 204, allow: wanted });
    }
  });

  it('refuses other methods with 405 and the same list', async () => {
    for (const path of new Set(operations.map((one) => one.path))) {
      const method = ['DELETE', 'PATCH', 'PUT', 'POST'].find((one) => !methodsAt(path).includes(one))!;
      const answer = await fetch(urlOf(path), { method, headers });
      const options = await fetch(urlOf(path), { method: 'OPTIONS' });
      const seen = { path, status: answer.status, allow: answer.headers.get('allow') };
      expect(seen).toEqual({ path, status: 405, allow: options.headers.get('allow') });
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const readable = operations.filter(({ method }) => method === 'GET').map(({ path }) => path);
    for (const path of [...readable, '/docs', '/docs-json']) {
      // At once: whether the process can serve may change from one moment to the next, and is looked at once for both.
      const [get, head] = await Promise.all([beginning(urlOf(path), 'GET'), beginning(urlOf(path), 'HEAD')]);
      expect({ path, ...head }).toEqual({ path, ...get, text: '' });
    }
  });

  it('ends a HEAD of a stream with its head', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(
      `HEAD /api/v3/stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n\r\n` +
        'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(socket, 'end');
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(said).toMatch(/content-type: text\/event-stream/i);
  });

  it.each(['text/html', 'image/*', 'application/xml;q=1, */*;q=0', 'application/json;q=0', 'rubbish', '*'])(
    'answers in what it has, whatever a client would rather have: %s',
    async (accept) => {
      for (const path of [
        '/api/v3/users',
        '/api/v2/users',
        '/api/v3/users/9',
        '/api/v2/users/x',
        '/problems',
        '/metrics',
      ]) {
        const [usual, asked] = [
          await beginning(service.url + path, 'GET'),
          await beginning(service.url + path, 'GET', { accept }),
        ];
        expect({ path, status: asked.status, type: asked.type }).toEqual({
          path,
          status: usual.status,
          type: usual.type,
        });
      }
    },
  );
});
