import { get, type IncomingMessage } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { eventually } from '../../../test/support/eventually.js';
import { Connection } from './connection.js';
import { Chunk } from './hub/chunk.js';

const MIB = 1024 * 1024;
const HEARTBEAT = ': beat\n\n';
const beat = new Chunk(HEARTBEAT, 0);

describe('a connection to a client that reads nothing', () => {
  let app: FastifyInstance;
  let answer: IncomingMessage;

  /** The server's side of a stream that its client has opened and does not read. */
  async function openUnread() {
    app = fastify({ forceCloseConnections: true });
    const opened = Promise.withResolvers<{ connection: Connection; unsent: () => number }>();
    app.get('/', (_request, reply) => {
      const connection = new Connection(reply);
      connection.open('text/plain', 'opening\n');
      opened.resolve({ connection, unsent: () => reply.raw.writableLength });
    });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    answer = await new Promise((resolve) => get(address, { agent: false }, resolve));
    answer.on('error', () => undefined);
    return opened.promise;
  }

  /** More than the buffers of the system take, until a little is left here. */
  async function leaveUnsent(connection: Connection, unsent: () => number) {
    while (unsent() < 64 * 1024) {
      connection.write(Buffer.alloc(64 * 1024, 'x'));
      await turn();
    }
  }

  afterEach(async () => {
    answer.destroy();
    await app.close();
  });

  it('is sent no sign of life while so much is unsent that nothing more may be written', async () => {
    const { connection, unsent } = await openUnread();
    while (!connection.isFull) connection.write(Buffer.alloc(MIB, 'x'));
    const before = unsent();
    connection.beat(beat);
    expect(unsent()).toBe(before);
  });

  it('is sent none while it is being waited for, and again as soon as it has caught up', async () => {
    const { connection, unsent } = await openUnread();
    await leaveUnsent(connection, unsent);
    expect(connection.isFull).toBe(false);
    const drained = connection.drained();
    const before = unsent();
    connection.beat(beat);
    expect(unsent()).toBe(before);
    let text = '';
    answer.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-HEARTBEAT.length)));
    await drained;
    connection.beat(beat);
    await eventually(() => expect(text).toBe(HEARTBEAT));
  });

  it('is not waited for when the stream ends', async () => {
    const { connection, unsent } = await openUnread();
    await leaveUnsent(connection, unsent);
    connection.end();
    await connection.closed;
  });
});
