import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as Connection } from 'pg';
import { eventually } from '../support/eventually.js';
import { type Client, type Service, startService } from '../support/service.js';

/** As many as there are connections to Postgres, and more. */
const MANY = 30;
const FEED = '/api/v3/users/1/activities?limit=500';

describe('what one environment reads', () => {
  let service: Service;
  let greedy: Client;
  let other: Client;
  const opened: Socket[] = [];

  beforeAll(async () => {
    service = await startService();
    [greedy, other] = [await service.client('greedy'), await service.client('other')];
    for (const client of [greedy, other])
      expect((await client('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' })).status).toBe(201);
    // A feed of 7 MiB.
    const data = { text: 'x'.repeat(15_000) };
    const items = Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, userId: 1, type: 'large', data }));
    for (const half of [items.slice(0, 250), items.slice(250)])
      expect((await greedy('POST', '/api/v3/activities', half)).body).toMatchObject({ accepted: 250 });
    await eventually(async () =>
      expect((await greedy('GET', '/api/v3/users/1/activities/count')).body).toEqual({ count: 500 }),
    );
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => service?.stop());

  /** Asks for the feed on a connection of its own; resolves to the status, with nothing more of it read. */
  async function askForFeed(): Promise<number> {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    opened.push(socket);
    const token = await service.token({ environments: ['greedy'] });
    socket.write(`GET ${FEED} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const [begin] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    return Number(begin.toString('latin1', 9, 12));
  }

  it('takes no connection that others need, however much it is and however long it takes', async () => {
    const elsewhere = new Connection(service.config.databaseUrl);
    await elsewhere.connect();
    await elsewhere.query('BEGIN');
    await elsewhere.query(`LOCK TABLE ${service.namespace.views('activities')}.activity_entries`);
    const feeds = Array.from({ length: MANY }, () => greedy('GET', '/api/v3/users/1/activities?limit=1'));
    await eventually(async () => {
      const { rows } = await elsewhere.query('SELECT FROM pg_locks WHERE NOT granted AND mode = $1', [
        'AccessShareLock',
      ]);
      expect(rows.length).toBeGreaterThanOrEqual(4);
    });
    expect((await other('GET', '/api/v3/users')).status).toBe(200);
    expect((await other('PATCH', '/api/v3/users/1', { firstName: 'Jane' })).status).toBe(200);
    await elsewhere.end();
    for (const feed of feeds) expect((await feed).status).toBe(200);
  });

  it('takes no more memory than there is room for where nobody reads the answers', async () => {
    const statuses = await Promise.all(Array.from({ length: MANY }, askForFeed));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // An environment that is alone has half of 64 MiB.
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(4);
    expect((await greedy('GET', '/api/v3/users/1')).status).toBe(200);
    expect((await other('GET', '/api/v3/users')).status).toBe(200);
  });
});
