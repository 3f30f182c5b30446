import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { eventually } from '../../../../test/support/eventually.js';
import { BytesInHand } from './body/bytes-in-hand.js';
import { asProblem, sendProblem } from './problem-filter.js';
import { weighAnswers } from './weigh-answers.js';

const MIB = 1024 * 1024;
// More than the buffers of the system take on the way to a client.
const LARGE = 'x'.repeat(16 * MIB);
const TIMEOUT_MS = 1_000;

describe('a large answer that its client does not read', () => {
  let app: FastifyInstance;
  let port: number;
  let sockets: Socket[];
  /** Called when `/too-late` is asked for. */
  let asked: () => void;

  beforeEach(async () => {
    app = fastify({ forceCloseConnections: true });
    weighAnswers(app, new BytesInHand(64 * MIB), TIMEOUT_MS);
    app.setErrorHandler((error, request, reply) => sendProblem(asProblem(error), request, reply));
    app.get('/large', () => LARGE);
    app.post('/large', () => LARGE);
    app.get('/small', () => 'small');
    app.get('/too-late', async ({ raw }) => {
      asked();
      await once(raw.socket, 'close');
      return LARGE;
    });
    app.get('/late', async () => pause(2 * TIMEOUT_MS, 'late'));
    port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
    sockets = [];
    asked = () => undefined;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await app.close();
  });

  /** Asks, and reads no more than how the answer begins. */
  async function ask(...requests: string[]): Promise<{ status: number; socket: Socket }> {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    for (const request of requests) socket.write(`${request} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [begin] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    return { status: Number(begin.toString('latin1', 9, 12)), socket };
  }
  const get = async (path: string) => {
    const { status, socket } = await ask(`GET ${path}`);
    socket.destroy();
    return status;
  };

  it('takes room: another one is refused where there is none, and nothing small is', async () => {
    expect([(await ask('GET /large')).status, (await ask('GET /large')).status]).toEqual([200, 200]);
    expect((await ask('GET /large')).status).toBe(429);
    expect(await get('/small')).toBe(200);
  });

  it('gives it back when the client has gone', async () => {
    const { socket } = await ask('GET /large');
    await ask('GET /large');
    socket.destroy();
    await eventually(async () => expect(await get('/large')).toBe(200));
  });

  it('takes no room where the client went before there was an answer', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { promise: reached, resolve } = Promise.withResolvers<void>();
      asked = resolve;
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write('GET /too-late HTTP/1.1\r\nHost: x\r\n\r\n');
      await reached;
      socket.destroy();
    }
    await get('/small');
    expect((await ask('GET /large')).status).toBe(200);
  });

  it('gives it back when the client has gone, also that of those which waited behind another one', async () => {
    const { socket } = await ask(...Array<string>(4).fill('GET /large'));
    socket.destroy();
    await eventually(async () => expect(await get('/large')).toBe(200));
  });

  it('is told all the same where it says what was done', async () => {
    for (let n = 0; n < 5; n += 1) expect((await ask('POST /large')).status).toBe(200);
    expect(await get('/large')).toBe(429);
  });

  it('is not kept for longer than a client may take nothing of it', async () => {
    for (let n = 0; n < 2; n += 1) await ask('GET /large');
    await eventually(async () => expect(await get('/large')).toBe(200));
  });

  it('ends no connection whose client has read it and waits for the next one', async () => {
    const { socket } = await ask('GET /large', 'GET /late');
    let end = '';
    socket.on('data', (chunk: Buffer) => (end = (end + chunk.toString('latin1')).slice(-4))).resume();
    await eventually(() => expect(end).toBe('late'));
  });
});
