import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Client, type Service, startService } from '../support/service.js';
import { eventually } from '../support/eventually.js';

describe('running it', () => {
  let service: Service;
  let demo: Client;

  beforeAll(async () => {
    service = await startService();
    demo = await service.client('demo');
  });
  afterAll(() => service?.stop());

  it('is live, ready and measured', async () => {
    expect(await call(`${service.url}/health/live`, 'GET')).toMatchObject({ status: 200 });
    expect(await call(`${service.url}/health/ready`, 'GET')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const metrics = await call(`${service.url}/metrics`, 'GET');
    expect(metrics.body).toMatch(/tidemark_projected_records_total/);
  });

  it('says of a stream, too, which request it was', async () => {
    const leave = new AbortController();
    const headers = { authorization: `Bearer ${await service.token()}` };
    const stream = await fetch(`${service.url}/api/v3/stream`, { headers, signal: leave.signal });
    expect(stream.headers.get('request-id')).toMatch(/^urn:uuid:/);
    expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
    leave.abort();
  });

  it('describes every call at /docs-json, with its parameters and answers', async () => {
    const { body } = await call(`${service.url}/docs-json`, 'GET');
    expect(body.openapi).toBe('3.1.0');
    expect(body.paths['/api/v3/users/{user_id}'].patch).toMatchObject({
      operationId: 'changeUser',
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'user_id', in: 'path' })]),
      requestBody: {
        content: { 'application/merge-patch+json': { schema: { $ref: '#/components/schemas/UserPatch' } } },
      },
    });
    const page = await call(`${service.url}/docs`, 'GET');
    expect(page.body).toMatch(/swagger-ui/);
    // All that it runs is in files of its own, as the policy of pages wants it.
    expect(page.body).not.toMatch(/<script>|<script [^>]*src=['"]?http/);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
  });

  it('is not ready, and answers 503 rather than nothing, while the views are missing', async () => {
    const lonely = await startService({ projector: false });
    try {
      expect(await call(`${lonely.url}/health/ready`, 'GET')).toMatchObject({
        status: 503,
        body: { status: 'unavailable' },
      });
      const answer = await (await lonely.client())('GET', '/api/v3/users');
      expect(answer).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } });
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    } finally {
      await lonely.stop();
    }
  });

  it('answers 202 with the place to ask while the views lag, and there the answer itself later', async () => {
    // An instance without a projector, on views that another one keeps: what it appends is judged when one comes.
    const lagging = await startService();
    const namespace = lagging.namespace.name;
    await lagging.stopProjector();
    const client = await lagging.client('demo');
    const register = () =>
      client('POST', '/api/v3/users', { username: 'late', email: 'late@example.com' }, { 'idempotency-key': 'k' });
    const pending = await register();
    expect(pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(await register()).toMatchObject({ status: 409, body: { type: '/problems/in-flight' } });
    const location = pending.headers.get('location')!;
    expect(await client('GET', location)).toMatchObject({ status: 200, body: { status: 'pending' } });
    const writer = await lagging.client('demo', { scope: 'users:write' });
    expect(await writer('GET', location)).toMatchObject({ status: 200, body: { status: 'pending' } });
    expect(await (await lagging.client('other'))('GET', location)).not.toMatchObject({ status: 201 });
    const projecting = await startService({ namespace, owner: false });
    try {
      const answer = await eventually(async () => {
        const asked = await client('GET', location);
        expect(asked.status).toBe(201);
        return asked;
      });
      expect(answer.body).toMatchObject({ id: 1, username: 'late' });
      const noReader = await lagging.client('demo', { scope: 'workspaces:read' });
      expect(await noReader('GET', location)).toMatchObject({ status: 404 });
      expect(await register()).toMatchObject({ status: 201, body: answer.body });
    } finally {
      await projecting.stop();
      await lagging.stop();
    }
  });

  it('takes a command for pending for as long as it may be in the log unjudged, and for unknown before and after', async () => {
    const idOf = (time: number) => {
      const hex = time.toString(16).padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
    };
    const hours = [-1, 0, 23, 25];
    const asked = await Promise.all(
      hours.map((ago) => demo('GET', `/api/v3/commands/${idOf(Date.now() - ago * 60 * 60 * 1000)}`)),
    );
    expect(asked.map(({ status }) => status)).toEqual([404, 200, 200, 404]);
  });

  it('knows workspaces', async () => {
    const created = await demo('POST', '/api/v3/workspaces', { name: 'Tide' });
    expect(created).toMatchObject({ status: 201, body: { id: 1, name: 'Tide' } });
    expect(created.headers.get('location')).toBe('/api/v3/workspaces/1');
    expect((await demo('GET', '/api/v3/workspaces/1')).body).toEqual(created.body);
    expect((await demo('GET', '/api/v3/workspaces')).body).toMatchObject({ count: 1, results: [created.body] });
    expect((await demo('POST', '/api/v3/workspaces', { name: ' ' })).status).toBe(422);
    expect((await demo('GET', '/api/v3/workspaces/2')).status).toBe(404);
  });
});
