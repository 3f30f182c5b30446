import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Sockets } from './sockets.js';

describe('the sockets of a client', () => {
  let server: Server;
  let sockets: Sockets;
  let socket: Socket;
  let failures: Error[];

  const open = () => {
    const { port } = server.address() as AddressInfo;
    return sockets.factory({ host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => undefined });
  };

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    sockets = new Sockets();
    failures = [];
    socket = open().on('error', (error: Error) => failures.push(error));
    await once(socket, 'connect');
  });
  afterEach(() => void server.close());

  test.each([
    ['ends', () => Promise.resolve()],
    ['cannot end', () => Promise.reject(new Error('the broker is gone'))],
  ])('are closed without an error where it %s by itself, and no other is opened', async (_, disconnect) => {
    const closed = once(socket, 'close');
    await sockets.disconnect({ disconnect });
    await closed;
    expect(failures).toEqual([]);
    expect(open).toThrow('the client has ended');
  });

  test('tell whoever waits for an answer that there will be none', async () => {
    const closed = once(socket, 'close').catch((error: unknown) => error);
    sockets.close(new Error('stopped'));
    expect(await closed).toMatchObject({ message: 'stopped' });
    expect(failures).toMatchObject([{ message: 'stopped' }]);
  });
});
