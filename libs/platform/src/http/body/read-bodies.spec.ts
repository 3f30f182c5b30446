import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { eventually } from '../../../../../test/support/eventually.js';
import { asProblem, sendProblem } from '../problem-filter.js';
import { BytesInHand } from './bytes-in-hand.js';
import { HeldBytes } from './collect.js';
import { readBodies } from './read-bodies.js';

const SMALL = 64 * 1024;
const LARGEST = 8 * 1024 * 1024;
const TIMEOUT_MS = 500;
const JSON_TYPE = 'application/json';

/** An application of two routes that answer how large their body is. */
function application(timeoutMs: number, inHand = new BytesInHand()): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  readBodies(app, inHand, timeoutMs);
  app.setErrorHandler((error, request, reply) => sendProblem(asProblem(error), request, reply));
  const call = { id: 'spec', summary: '', body: z.unknown(), answers: {} };
  app.post('/small', { config: { call } }, async ({ body }) => ({ body: Array.isArray(body) ? [] : body }));
  app.post('/bulk', { config: { call: { ...call, bulk: true } } }, async ({ body }) => ({
    bytes: (body as Buffer).length,
  }));
  app.delete('/none', async () => ({}));
  return app;
}

const app = application(60_000);
const impatient = application(TIMEOUT_MS);
let port: number;
beforeAll(async () => {
  await app.ready();
  port = Number(new URL(await impatient.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => Promise.all([app.close(), impatient.close()]));

async function post(url: string, payload: Buffer | string, headers: Record<string, string> = {}) {
  const {
    statusCode,
    headers: answered,
    payload: answer,
  } = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': JSON_TYPE, ...headers },
  });
  return { status: statusCode, headers: answered, body: JSON.parse(answer) as Record<string, unknown> };
}
const packed = (payload: Buffer, coding: string, url = '/small') => post(url, payload, { 'content-encoding': coding });

const body = Buffer.from(JSON.stringify({ text: 'é'.repeat(1_000) }));
const whole = { status: 200, body: { body: JSON.parse(body.toString()) as unknown } };
const [first, second] = [body.subarray(0, 100), body.subarray(100)] as const;

describe('a body', () => {
  it.each([
    ['gzip', zlib.gzipSync(body)],
    ['GZip', zlib.gzipSync(body)],
    ['x-gzip', zlib.gzipSync(body)],
    ['gzip', Buffer.concat([zlib.gzipSync(first), zlib.gzipSync(second)])],
    ['deflate', zlib.deflateSync(body)],
    ['deflate', zlib.deflateRawSync(body)],
    ['br', zlib.brotliCompressSync(body)],
    ['zstd', zlib.zstdCompressSync(body)],
    ['zstd', Buffer.concat([first, second].map((part) => zlib.zstdCompressSync(part)))],
    ['identity', body],
    [' ', body],
  ])('is unpacked, however many frames it has: %s', async (coding, payload) => {
    expect(await packed(payload, coding)).toMatchObject(whole);
  });

  it('of several large frames is unpacked to the last', async () => {
    const frame = zlib.zstdCompressSync(Buffer.alloc(1024 * 1024, ' '), {
      params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 },
    });
    expect(await packed(Buffer.concat(Array.from({ length: 8 }, () => frame)), 'zstd', '/bulk')).toMatchObject({
      body: { bytes: LARGEST },
    });
  });

  it.each([
    ['gzip', zlib.gzipSync(body).subarray(0, -4)],
    ['gzip', Buffer.concat([zlib.gzipSync(body), Buffer.from('more')])],
    ['deflate', zlib.deflateSync(body).subarray(0, -4)],
    ['br', zlib.brotliCompressSync(body).subarray(0, -1)],
    ['zstd', zlib.zstdCompressSync(body).subarray(0, -1)],
    ['zstd', Buffer.concat([zlib.zstdCompressSync(body), Buffer.from('more')])],
    ['zstd', Buffer.alloc(0)],
    ['gzip', body],
  ])('that is not what its coding says is 400: %s', async (coding, payload) => {
    expect(await packed(payload, coding)).toMatchObject({ status: 400, body: { type: '/problems/invalid-request' } });
  });

  it.each(['compress', 'gzip, br', 'aes128gcm'])(
    'of another coding is 415 and told which are read: %s',
    async (coding) => {
      const answer = { status: 415, headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } };
      expect(await packed(body, coding)).toMatchObject(answer);
    },
  );

  it.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
  ] as const)('may be as large unpacked as it may be, and no larger: %s', async (coding, pack) => {
    const [largest, larger] = [LARGEST, LARGEST + 1].map((size) => pack(Buffer.alloc(size)));
    expect(await packed(largest!, coding, '/bulk')).toMatchObject({ body: { bytes: LARGEST } });
    expect(await packed(larger!, coding, '/bulk')).toMatchObject({ status: 413 });
    expect(await packed(larger!, coding)).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining('64 KiB') },
    });
  });

  it('that says nothing in a thousand frames is refused', async () => {
    const nothing = zlib.zstdCompressSync(Buffer.alloc(0));
    const answer = await packed(Buffer.concat(Array.from({ length: 1_001 }, () => nothing)), 'zstd', '/bulk');
    expect(answer.status).toBe(413);
  });

  it('that looks back farther than anybody has weighed is refused', async () => {
    const params = { [zlib.constants.ZSTD_c_windowLog]: 27 };
    const far = zlib.zstdCompressSync(Buffer.alloc(16 * 1024 * 1024), { params });
    expect((await packed(far, 'zstd', '/bulk')).status).toBe(400);
  });

  it.each([
    ['one that is no UTF-8', Buffer.from('"é"', 'latin1'), 400],
    ['one that is no JSON', '{', 400],
    ['an empty one', '', 400],
    ['one with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]), 200],
    ['one with two', Buffer.concat([Buffer.from('\ufeff\ufeff'), body]), 400],
    ['as much as it may have', `"${'x'.repeat(SMALL - 2)}"`, 200],
    ['a byte more', `"${'x'.repeat(SMALL - 1)}"`, 413],
    ['thousands of brackets', '['.repeat(SMALL / 2) + ']'.repeat(SMALL / 2), 200],
  ])('is read as bytes of JSON: %s', async (_, payload, status) => {
    expect((await post('/small', payload)).status).toBe(status);
  });

  it('is read as well where none was asked for', async () => {
    const send = async (payload: string, type = JSON_TYPE) =>
      (await app.inject({ method: 'DELETE', url: '/none', payload, headers: { 'content-type': type } })).statusCode;
    expect([await send('{}'), await send('{'), await send(' '.repeat(SMALL + 1))]).toEqual([200, 400, 413]);
  });
});

/** A connection on which only so much of a request has come. */
function begin(start: string, at = port): Socket {
  return connect(at, '127.0.0.1')
    .on('error', () => undefined)
    .on('connect', function (this: Socket) {
      this.write(`POST ${start}`);
    });
}
const head = (path: string, length: number) =>
  `${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${length}\r\n\r\n`;

describe('a body that does not arrive in time', () => {
  it('is answered with 408, and the connection ends', async () => {
    const answer = await text(begin(`${head('/bulk', LARGEST)}[`));
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer).toMatch(/"type":"\/problems\/request-timeout"/);
  });

  it('leaves no room taken', async () => {
    for (let n = 0; n < 5; n += 1) {
      const stalled = [1, 2, 3].map(() => begin(`${head('/bulk', LARGEST)}${' '.repeat(LARGEST - 1)}`).resume());
      await Promise.all(stalled.map((socket) => new Promise((resolve) => socket.on('close', resolve))));
    }
    const payload = Buffer.alloc(LARGEST);
    const answer = await impatient.inject({
      method: 'POST',
      url: '/bulk',
      payload,
      headers: { 'content-type': JSON_TYPE },
    });
    expect(answer.statusCode).toBe(200);
  });

  it('is no matter of one that is refused: what still comes of it is passed over', async () => {
    const piece = `${(SMALL / 2).toString(16)}\r\n${' '.repeat(SMALL / 2)}\r\n`;
    const chunked = `/small HTTP/1.1\r\nHost: x\r\nContent-Type: ${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    for (const [start, rest] of [
      [head('/small', SMALL + 1) + ' '.repeat(SMALL), ' '],
      [chunked + piece.repeat(3), `${piece.repeat(20)}0\r\n\r\n`],
    ] as const) {
      const socket = begin(start);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
      socket.write(`${rest}POST ${head('/small', 2)}{}`);
      const [next] = (await once(socket, 'data')) as [Buffer];
      expect(next.toString()).toMatch(/^HTTP\/1.1 200 /);
      socket.destroy();
    }
  });
});

describe('a request that announces a body of two bytes and sends one', () => {
  it('takes room for what it is beside that', async () => {
    const narrow = application(60_000, new BytesInHand(64 * 1024));
    const at = Number(new URL(await narrow.listen({ port: 0, host: '127.0.0.1' })).port);
    const answers: string[] = [];
    for (let n = 0; n < 20; n += 1)
      begin(`${head('/small', 2)}{`, at).on('data', (answer: Buffer) => answers.push(answer.toString('latin1', 9, 12)));
    // Seven times 4 KiB and a byte are within half of the room, which one environment may have.
    await eventually(() => expect(answers).toEqual(Array<string>(13).fill('429'))).finally(() => narrow.close());
  });
});

describe('a body in very many pieces', () => {
  it('is held in no more memory than it weighs', () => {
    let weight = 0;
    const held = new HeldBytes(LARGEST, {
      grow: (bytes) => (weight += bytes),
      add: () => undefined,
      release: () => undefined,
    });
    for (let n = 0; n < 1_000_000; n += 1) held.add(Buffer.from([n]));
    expect(held.bytes().buffer.byteLength).toBeLessThanOrEqual(weight);
    expect(weight).toBeLessThan(2_100_000);
    expect(held.bytes().equals(Buffer.from(Array.from({ length: 1_000_000 }, (_, n) => n)))).toBe(true);
  });
});
