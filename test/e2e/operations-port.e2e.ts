import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { choosePorts } from '../../launcher/ports.ts';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { call, type Service, startService } from '../support/service.js';

const APPS = ['api', 'stream', 'projector'] as const;

describe('a port for those who run the service', () => {
  let service: Service;
  let ports: Record<(typeof APPS)[number] | 'public' | 'other', number>;
  const started = new Map<string, AppProcess>();
  const at = (port: number) => `http://127.0.0.1:${port}`;

  beforeAll(async () => {
    service = await startService();
    ports = await choosePorts([...APPS, 'public', 'other'], {});
    for (const app of APPS) {
      const port = { api: ports.public, stream: ports.other, projector: 0 }[app];
      started.set(app, await spawnApp(app, service, { PORT: String(port), OPERATIONS_PORT: String(ports[app]) }));
    }
  });
  afterAll(async () => {
    for (const { kill, gone } of started.values()) {
      kill('SIGTERM');
      await gone;
    }
    await service?.stop();
  });

  it.each(APPS)('has the health and the metrics of the %s, and nothing else', async (app) => {
    const url = at(ports[app]);
    expect(await call(`${url}/health/live`, 'GET')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await eventually(async () => {
      const answer = await call(`${url}/health/ready`, 'GET');
      expect(answer.status).toBe(200);
      return answer;
    });
    expect(Object.values(ready.body.checks)).toEqual(Object.keys(ready.body.checks).map(() => 'ok'));
    expect((await call(`${url}/metrics`, 'GET')).body).toMatch(/^process_cpu_seconds_total /m);
    expect(await call(`${url}/docs`, 'GET')).toMatchObject({ status: 404 });
    const authorization = `Bearer ${await service.token()}`;
    expect(await call(`${url}/api/v3/users`, 'GET', undefined, { authorization })).toMatchObject({ status: 404 });
    expect(await call(`${url}/health/live`, 'POST')).toMatchObject({ status: 405 });
  });

  it.each(['public', 'other'] as const)('has them alone: not the %s one', async (name) => {
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      expect(await call(at(ports[name]) + path, 'GET')).toMatchObject({ status: 404 });
      expect(await call(at(ports[name]) + path, 'OPTIONS')).toMatchObject({ status: 404 });
    }
  });

  it('measures what the projector does, and what the interface refuses', async () => {
    await call(`${at(ports.public)}/api/v3/users`, 'GET');
    const [api, projector] = await Promise.all(
      [ports.api, ports.projector].map(async (port) => (await call(`${at(port)}/metrics`, 'GET')).body as string),
    );
    expect(api).toMatch(/^tidemark_requests_refused_total\{reason="no-token"\} [1-9]/m);
    expect(projector).toMatch(/^# TYPE tidemark_projected_records_total/m);
  });

  it('says of an interface that stops that it is not ready, until it has answered what it was asked', async () => {
    const slow = request(`${at(ports.public)}/api/v3/users`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await service.token()}`,
        'content-type': 'application/json',
        expect: '100-continue',
      },
    });
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
    slow.flushHeaders();
    await once(slow, 'continue');
    const api = started.get('api')!;
    api.kill('SIGTERM');
    await eventually(async () => {
      const { status, body } = await call(`${at(ports.api)}/health/ready`, 'GET');
      expect([status, body.checks.interface]).toEqual([503, 'is stopping']);
    });
    slow.end(JSON.stringify({ username: 'slow', email: 'slow@example.com' }));
    const [answer] = await answered;
    expect(answer.statusCode).toBe(201);
    answer.resume();
    expect(await api.gone).toEqual({ code: 0, signal: null });
    started.delete('api');
  });

  it('that somebody else has is said by the name of its setting', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    try {
      const starting = spawnApp('projector', service, { OPERATIONS_PORT: String(port) });
      await expect(starting).rejects.toThrow(`projector: OPERATIONS_PORT: 127.0.0.1:${port} is taken`);
      const other = spawnApp('api', service, { PORT: String(port) });
      await expect(other).rejects.toThrow(`api: PORT: 127.0.0.1:${port} is taken`);
    } finally {
      taken.close();
    }
  });
});
