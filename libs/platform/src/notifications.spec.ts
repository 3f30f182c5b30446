import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Notifications } from './notifications.js';

describe('listening to Postgres', () => {
  let name: string;
  let url: URL;
  let onLost: () => void;
  let closeProxy: () => void;
  let admin: Client;
  let notifications: Notifications;

  beforeEach(async () => {
    name = `t${randomUUID().replaceAll('-', '')}`;
    url = new URL(process.env.DATABASE_URL!);
    onLost = () => undefined;
    closeProxy = () => undefined;
    admin = new Client(process.env.DATABASE_URL);
    await admin.connect();
    notifications = new Notifications(url.href, () => onLost(), { name });
  });
  afterEach(async () => {
    await notifications.close();
    closeProxy();
    await admin.end();
  });

  const listen = (channel: string, heard: (payload: string) => void = () => undefined) => {
    const { promise: resumed, resolve } = Promise.withResolvers<void>();
    return { listening: notifications.listen(`${name}_${channel}`, heard, resolve), resumed };
  };
  const notify = (channel: string, payload: string) =>
    admin.query('SELECT pg_notify($1, $2)', [`${name}_${channel}`, payload]);
  const drop = () =>
    admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
  const connections = async () => {
    const count = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1';
    return (await admin.query<{ n: number }>(count, [name])).rows[0]!.n;
  };

  it('hears each announcement once, also after the connection was lost', async () => {
    const payloads: string[] = [];
    const last = Promise.withResolvers<void>();
    const { listening, resumed } = listen('a', (payload) => {
      payloads.push(payload);
      if (payload === 'last') last.resolve();
    });
    await listening;
    await notify('a', 'first');
    await notifications.hearAll();
    await drop();
    await resumed;
    await notify('a', 'last');
    await last.promise;
    expect(payloads).toEqual(['first', 'last']);
  });

  it('knows when all was heard that was announced by then', async () => {
    const payloads: string[] = [];
    await listen('a', (payload) => payloads.push(payload)).listening;
    for (let n = 1; n <= 20; n += 1) {
      await notify('a', String(n));
      await notifications.hearAll();
      expect(payloads).toHaveLength(n);
    }
  });

  it('tells that something may have been missed before it says that all was heard, whoever connected first', async () => {
    const first = listen('a');
    await first.listening;
    let told = false;
    void first.resumed.then(() => (told = true));
    const heard = new Promise<boolean>((done, failed) => {
      const again = () => listen('b').listening.then(() => notifications.hearAll());
      onLost = () => void again().then(() => done(told), failed);
    });
    await drop();
    expect(await heard).toBe(true);
    await expect(notifications.hearAll()).resolves.toBeUndefined();
  });

  it('does not say that all was heard where no connection listens', async () => {
    await expect(notifications.hearAll()).rejects.toThrow('no connection listens');
  });

  it('has one connection, also where somebody begins to listen while it is being restored', async () => {
    const first = listen('a');
    await first.listening;
    const second = new Promise<void>((done, failed) => {
      onLost = () => void listen('b').listening.then(done, failed);
    });
    await drop();
    await second;
    await first.resumed;
    expect(await connections()).toBe(1);
  });

  it('has one connection where several begin to listen at once', async () => {
    await Promise.all(['a', 'b', 'c'].map((channel) => listen(channel).listening));
    expect(await connections()).toBe(1);
  });

  it('takes a connection that has gone silent for lost', async () => {
    const proxy = await silencing(url);
    closeProxy = () => proxy.close();
    notifications = new Notifications(proxy.url, () => onLost(), { name, heartbeatMs: 100 });
    const { listening, resumed } = listen('a');
    await listening;
    proxy.silence();
    await resumed;
  });
});

/** A way to Postgres on which the connections of before `silence` carry nothing any more and stay open. */
async function silencing(target: URL): Promise<{ url: string; silence(): void; close(): void }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    sockets.push(
      near.on('error', () => undefined),
      far.on('error', () => undefined),
    );
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    silence: () => sockets.forEach((socket) => socket.unpipe().pause()),
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
