import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { raw, rawRequest } from '../../test/raw.js';
import { serveThings } from '../../test/things.js';

describe('says what an address takes where it is asked for its options, to whoever asks', () => {
  let app: NestFastifyApplication;
  let port: number;
  beforeAll(async () => {
    ({ app, port } = await serveThings());
  });
  afterAll(() => app.close());

  const options = (target: string, ...lines: string[]) =>
    rawRequest(port, `OPTIONS ${target} HTTP/1.1`, 'Host: x', ...lines);

  it.each([
    ['/api/v3/things', 'GET, HEAD, OPTIONS, POST'],
    ['/api/v3/things?page=1', 'GET, HEAD, OPTIONS, POST'],
    ['/api/v3/%74hings', 'GET, HEAD, OPTIONS, POST'],
    ['/api/v3/things/7', 'GET, HEAD, OPTIONS'],
    ['http://elsewhere/problems', 'GET, HEAD, OPTIONS'],
    ['/health/live', 'GET, HEAD, OPTIONS'],
    ['*', 'GET, HEAD, OPTIONS, POST'],
  ])('%s', async (target, allow) => {
    const { status, headers, body } = await options(target);
    expect({ status, allow: headers.allow, body }).toEqual({ status: 204, allow, body: '' });
    expect(headers).toMatchObject({ 'request-id': expect.any(String), 'x-content-type-options': 'nosniff' });
    expect(Object.keys(headers).join()).not.toMatch(/access-control|vary/);
  });

  it('and that there is nothing where there is nothing', async () => {
    for (const target of ['/nowhere', '/api/v3/nowhere', '/api/v3/things/7/8']) {
      expect(await options(target)).toMatchObject({
        status: 404,
        body: expect.stringContaining('/problems/not-found'),
      });
    }
  });

  it('whatever body comes with the question', async () => {
    const sent = ['Content-Type: text/plain', 'Content-Length: 2'];
    const bytes = ['OPTIONS /api/v3/things HTTP/1.1', 'Host: x', ...sent, 'Connection: close', '', '{{'].join('\r\n');
    expect((await raw(port, bytes)).status).toBe(204);
  });

  it('and refuses no preflight, but lets no page in where no origin is named', async () => {
    const { status, headers } = await options(
      '/api/v3/things',
      'Origin: https://app.example',
      'Access-Control-Request-Method: POST',
    );
    expect(status).toBe(204);
    expect(Object.keys(headers).join()).not.toMatch(/access-control|vary/);
  });
});
