import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { isOutage } from './outage.js';

const url = process.env.DATABASE_URL!;

/** What a work of this kind throws. */
async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

async function connected<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

const ask = (statement: string) => () => connected(url, (client) => client.query(statement));
const raised = (state: string) => ask(`DO $$ BEGIN RAISE EXCEPTION 'told so' USING ERRCODE = '${state}'; END $$`);
const at = (change: (address: URL) => void) => () => {
  const address = new URL(url);
  change(address);
  return connected(address.href, (client) => client.query('SELECT 1'));
};

async function losesItsConnection(client: Client): Promise<unknown> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const asked = client.query('SELECT pg_sleep(60)');
  await Promise.all([asked, connected(url, (other) => other.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]))]);
  return undefined;
}

async function askedAfterTheEnd(client: Client): Promise<unknown> {
  await client.end();
  return client.query('SELECT 1');
}

async function redisThatIsGone(): Promise<unknown> {
  const redis = new Redis('redis://127.0.0.1:1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  return redis.get('key');
}

const system = (code: string, syscall: string) => () => {
  throw Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: -1 });
};

describe('an outage', () => {
  it.each<[string, () => unknown]>([
    ['a port that nobody listens on', at((address) => (address.port = '1'))],
    ['a host that has no address', at((address) => (address.hostname = 'postgres.invalid'))],
    ['a name server that does not answer', system('EAI_AGAIN', 'getaddrinfo')],
    ['a network that is gone', system('ENETUNREACH', 'connect')],
    ['a network that is down', system('ENETDOWN', 'connect')],
    ['no file handles', system('EMFILE', 'connect')],
    ['encryption that the server does not speak', at((address) => address.searchParams.set('sslmode', 'verify-full'))],
    ['another password', at((address) => (address.password = 'another'))],
    ['a database that is not there', at((address) => (address.pathname = '/none'))],
    ['a connection that is lost', () => connected(url, losesItsConnection)],
    ['a connection that was closed', () => connected(url, askedAfterTheEnd)],
    ['a statement that was ended', ask('SET statement_timeout = 1; SELECT pg_sleep(60)')],
    ['a table that is not there', ask('SELECT FROM nowhere')],
    ['a serialization failure', raised('40001')],
    ['a deadlock', raised('40P01')],
    ['a standby', ask('SET TRANSACTION READ ONLY; CREATE TABLE made (n int)')],
    ['a full disk', raised('53100')],
    ['a lock that is not to be had', raised('55P03')],
    ['an error inside of Postgres', raised('XX000')],
    ['a Redis that is gone', redisThatIsGone],
    ['a server that fetch does not reach', () => fetch('http://127.0.0.1:1/')],
    ['several addresses of which none answers', () => Promise.any([Promise.reject(new Error('connect'))])],
    ['what nobody has seen before', () => Promise.reject(new Error('something else'))],
  ])('is %s', async (_, work) => expect(isOutage(await thrownBy(work))).toBe(true));

  it.each<[string, () => unknown]>([
    ['a call of what is no function', () => (undefined as unknown as () => void)()],
    ['an argument of another type', () => Buffer.from(undefined as unknown as string)],
    ['a number that is out of range', () => 'x'.repeat(-1)],
    ['a text that is no JSON', () => JSON.parse('{')],
    ['a value that Postgres cannot read', ask(`SELECT 'x'::int`)],
    ['a value that is there already', ask('CREATE TEMPORARY TABLE t (n int UNIQUE); INSERT INTO t VALUES (1), (1)')],
    ['a value that is against a rule', ask('CREATE TEMPORARY TABLE t (n int CHECK (n > 0)); INSERT INTO t VALUES (0)')],
  ])('is not %s', async (_, work) => expect(isOutage(await thrownBy(work))).toBe(false));
});
