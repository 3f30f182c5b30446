import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Service, startService } from '../support/service.js';

const MEBIBYTE = 1024 * 1024;
const LINES = { 'content-type': 'application/x-ndjson' };
const EVENTS = { 'content-type': 'application/cloudevents-batch+json' };
const latin1 = (body: string) => Buffer.from(body, 'latin1');
const marked = (body: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)]);
const event = { specversion: '1.0', id: 'e', source: '/shop', type: 'x' };
const brackets = (bytes: number) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2);

describe('the body of a request', () => {
  let service: Service;
  /** The same, where a request has two seconds to arrive. */
  let hasty: Service;
  let client: Client;
  let user: number;
  const opened: Socket[] = [];

  beforeAll(async () => {
    service = await startService();
    hasty = await startService({
      interfaceOf: { requestTimeoutMs: 2_000 },
      projector: false,
      namespace: service.namespace.name,
      owner: false,
    });
    client = await service.client();
    user = (await client('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' })).body.id;
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));
  afterAll(async () => {
    await hasty?.stop();
    await service?.stop();
  });

  const activity = (type = 'x') => JSON.stringify({ userId: user, type });
  const post = (body: unknown, headers?: Record<string, string>) => client('POST', '/api/v3/activities', body, headers);

  /** A connection on which no more of a request comes than this. */
  async function stall(environment: string, path: string, length: number, sent: string, at = service): Promise<Socket> {
    const { hostname, port } = new URL(at.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    opened.push(socket);
    const token = await service.token({ environments: [environment] });
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${length}\r\n\r\n${sent}`,
    );
    return socket;
  }

  it.each([
    ['POST', '/api/v3/users', '{"username":"\xe9","email":"e@example.com"}'],
    ['PATCH', '/api/v3/users/1', '{"firstName":"\xe9"}'],
    ['PUT', '/api/v3/users/1', '{"username":"\xe9","email":"e@example.com"}'],
    ['POST', '/api/v3/users/batch', '[{"username":"\xe9","email":"e@example.com"}]'],
    ['POST', '/api/v3/workspaces', '{"name":"\xe9"}'],
    ['POST', '/api/v3/groups', '{"name":"\xe9"}'],
    ['POST', '/api/v3/activities', '{"userId":1,"type":"x","data":{"a":"\xe9"}}'],
  ])('that is no UTF-8 is 400: %s %s', async (method, path, body) => {
    const answer = await client(method, path, latin1(body));
    expect(answer).toMatchObject({ status: 400, body: { detail: 'The body is no UTF-8.' } });
  });

  it('may have lines that are no UTF-8: each is refused for itself', async () => {
    const users = latin1('{"username":"\xe9","email":"e@example.com"}\n{"username":"ann","email":"ann@example.com"}');
    const registered = await client('POST', '/api/v3/users/batch', users, LINES);
    expect(registered).toMatchObject({
      status: 200,
      body: { created: 1, rejected: [{ index: 0, detail: 'the line is no UTF-8' }] },
    });
    const taken = await post(latin1(`${activity()}\n{"data":"\xe9"}\n${activity()}`), LINES);
    expect(taken).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: [{ index: 1, code: 'invalid', detail: 'the line is no UTF-8' }] },
    });
  });

  it('may begin with a byte order mark', async () => {
    const batch = JSON.stringify([{ ...event, subject: String(user) }]);
    for (const [body, headers] of [
      [activity(), undefined],
      [`${activity()}\n${activity()}`, LINES],
      [batch, EVENTS],
    ] as const) {
      expect(await post(marked(body), headers)).toMatchObject({ status: 202, body: { rejected: [] } });
    }
    const person = '{"username":"mark","email":"mark@example.com"}';
    expect((await client('POST', '/api/v3/users', marked(person))).status).toBe(201);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['BR', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
  ] as const)('may be packed, in any number of frames where the coding has them: %s', async (coding, pack) => {
    const frames =
      coding === 'gzip' || coding === 'zstd' ? [`${activity()}\n`, activity()] : [`${activity()}\n${activity()}`];
    const lines = Buffer.concat(frames.map((frame) => pack(Buffer.from(frame))));
    const taken = await post(lines, {
      'content-encoding': coding,
      'content-type': 'Application/X-NDJSON; Charset=UTF-8',
    });
    expect(taken).toMatchObject({ status: 202, body: { accepted: 2 } });
    const person = pack(Buffer.from(JSON.stringify({ username: coding, email: `${coding}@example.com` })));
    const packed = { 'content-encoding': coding };
    expect((await client('POST', '/api/v3/users', person, packed)).status).toBe(201);
    expect((await client('POST', '/api/v3/users', person.subarray(0, -2), packed)).status).toBe(400);
    const bomb = pack(Buffer.alloc(16 * MEBIBYTE));
    expect((await client('POST', '/api/v3/users', bomb, packed)).status).toBe(413);
    expect((await post(bomb, packed)).status).toBe(413);
  });

  it('in another coding is 415, which says the ones that are read', async () => {
    const answer = await post(activity(), { 'content-encoding': 'compress' });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd');
  });

  it('of lines is known by its media type in any case', async () => {
    const lines = '{"username":"bob","email":"bob@example.com"}\n{"username":"cid","email":"cid@example.com"}';
    const answer = await client('POST', '/api/v3/users/batch', lines, { 'content-type': 'Application/X-NDJSON' });
    expect(answer).toMatchObject({ status: 200, body: { created: 2 } });
  });

  it.each([
    ['/api/v3/users', { username: 'x'.repeat(60_000), email: 'x'.repeat(3_000) }, 422],
    ['/api/v3/users', { username: 'x', email: `${'x'.repeat(60_000)}@example.com` }, 422],
    ['/api/v3/workspaces', { name: 'x'.repeat(60_000) }, 422],
    ['/api/v3/users', { username: 'x', email: 'x'.repeat(8 * MEBIBYTE - 100) }, 413],
  ])('with a text without end is refused for its length: %s', async (path, body, status) => {
    expect((await client('POST', path, body)).status).toBe(status);
  });

  it('of many users sinks none of them for one whose e-mail has no end', async () => {
    const users = [
      { username: 'x', email: 'x'.repeat(7 * MEBIBYTE) },
      { username: 'eve', email: 'eve@example.com' },
    ];
    const answer = await client('POST', '/api/v3/users/batch', users);
    expect(answer).toMatchObject({ status: 200, body: { created: 1, rejected: [{ index: 0, code: 'invalid' }] } });
  });

  it.each([
    ['brackets', brackets(8 * MEBIBYTE - 1024)],
    ['empty objects', `[${'{},'.repeat(2_700_000)}{}]`],
    ['names', `{${Array.from({ length: 500_000 }, (_, n) => `"k${n}":0`).join()}}`],
  ])('of activities sinks none of them for one of very many %s', async (_, item) => {
    const body = `[${activity()},${item},${activity()}]`;
    const some = { status: 202, body: { accepted: 2, rejected: [{ index: 1, code: 'too-large' }] } };
    expect(await post(body)).toMatchObject(some);
    expect(await post(`${activity()}\n${item}\n${activity()}`, LINES)).toMatchObject(some);
    expect((await post(`{"data":${item}`)).status).toBe(400);
  });

  it('that says it is large and stalls is in nobody’s way', async () => {
    for (let n = 0; n < 8; n += 1) await stall('greedy', '/api/v3/activities', 8 * MEBIBYTE, '[');
    for (let n = 0; n < 60; n += 1) await stall('greedy', '/api/v3/users', 64 * 1024, ' '.repeat(32 * 1024));
    const others = await service.client('greedy');
    for (const ask of [client, others]) {
      expect((await ask('POST', '/api/v3/activities', [])).status).toBe(202);
      expect((await ask('POST', '/api/v3/workspaces', { name: 'Sea' })).status).toBe(201);
    }
  });

  it('ends with 408 when it does not arrive in time, headers too, while a stream goes on', async () => {
    const stream = await fetch(`${hasty.url}/api/v3/stream`, {
      headers: { authorization: `Bearer ${await service.token()}` },
    });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    const late = await stall('demo', '/api/v3/activities', 8 * MEBIBYTE, '[', hasty);
    expect(await text(late)).toMatch(/^HTTP\/1.1 408 .*"type":"\/problems\/request-timeout"/s);
    const unfinished = connect(Number(new URL(hasty.url).port), '127.0.0.1');
    unfinished.write('GET / HTTP/1.1\r\nHost:');
    expect(await text(unfinished)).toMatch(/^HTTP\/1.1 408 /);
    expect((await post(activity('seen.late'))).status).toBe(202);
    let seen = '';
    while (!seen.includes('seen.late')) seen += (await reader.read()).value;
    await reader.cancel();
  });
});
