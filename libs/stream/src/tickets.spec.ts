import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Caller, connectRedis, Namespace, Postgres, redisReady, type RedisServers } from '#platform';
import { Keyring } from '#registry';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { keysOf } from '../../../test/support/redis-keys.js';
import { dropKeys } from '../../../test/support/views.js';
import { StreamTickets } from './tickets.js';

const HOUR = 3_600_000;

describe('a ticket', () => {
  const namespace = new Namespace(freshNamespace());
  const postgres = new Postgres(process.env.DATABASE_URL!, namespace);
  const start = Date.now();
  let now = start;
  let redis: RedisServers;
  let tickets: StreamTickets;
  let keyring: Keyring;

  beforeAll(async () => {
    keyring = new Keyring(postgres, namespace, []);
    await keyring.prepare(false);
    redis = await redisReady(connectRedis(process.env.REDIS_URL!, () => undefined));
    tickets = new StreamTickets(redis, namespace, keyring, () => now);
  });
  afterAll(async () => {
    redis.disconnect();
    await dropKeys(postgres, namespace);
    await postgres.close();
  });

  const caller: Caller = {
    subject: 'someone@example.com',
    environment: 'acme',
    environments: ['acme', 'other'],
    scopes: new Set(['activities:read', 'users:read']),
    expiresAt: start + 100 * HOUR,
  };
  const issue = (about: Partial<Caller> = {}) => {
    now = start;
    return tickets.issue({ ...caller, ...about });
  };
  const later = (milliseconds: number) => (now = start + milliseconds);
  const refused = { code: 'unauthorized' };

  it('has to be used within 30 seconds', async () => {
    const [early, late] = [await issue(), await issue()];
    later(30_000);
    await tickets.use(early, 'a stream');
    later(30_001);
    await expect(tickets.use(late, 'a stream')).rejects.toMatchObject(refused);
  });

  it('opens from then on the same stream again, and no other', async () => {
    const ticket = await issue();
    await tickets.use(ticket, 'a stream');
    await expect(tickets.use(ticket, 'another')).rejects.toMatchObject(refused);
    later(23 * HOUR);
    await tickets.use(ticket, 'a stream');
    await expect(tickets.use(ticket, 'another')).rejects.toMatchObject(refused);
  });

  it.each([
    ['a day', 100 * HOUR, 24 * HOUR],
    ["its token's time", HOUR, HOUR],
  ])('is over after %s', async (_, token, end) => {
    const ticket = await issue({ expiresAt: start + token });
    await tickets.use(ticket, 'a stream');
    expect(await tickets.holder(ticket)).toMatchObject({ expiresAt: start + end });
    later(end - 1);
    await tickets.use(ticket, 'a stream');
    later(end);
    await expect(tickets.use(ticket, 'a stream')).rejects.toMatchObject(refused);
    expect(await tickets.holder(ticket)).toBeUndefined();
  });

  it('is forgotten by Redis when it is over', async () => {
    const ticket = await issue({ expiresAt: start + HOUR });
    const before = new Set(await keysOf(redis, namespace.key('ticket', '*')));
    await tickets.use(ticket, 'a stream');
    const [key] = (await keysOf(redis, namespace.key('ticket', '*'))).filter((key) => !before.has(key));
    expect(await redis.client.pttl(key!)).toBeGreaterThan(HOUR - 60_000);
    expect(await redis.client.pttl(key!)).toBeLessThanOrEqual(HOUR);
  });

  it("stands for its caller's rights in one environment", async () => {
    const { subject, scopes } = caller;
    const holder = await tickets.holder(await issue());
    expect(holder).toEqual({ subject, scopes, environments: ['acme'], expiresAt: start + 24 * HOUR });
  });

  it('shows nothing of whom it stands for', async () => {
    const ticket = await issue();
    expect(ticket).toMatch(/^[\w-]{100,400}$/);
    expect(Buffer.from(ticket, 'base64url').toString('latin1')).not.toMatch(/someone|acme|activities/);
  });

  it('is refused where it was not issued by the service, or is sealed for another purpose', async () => {
    const forged = Buffer.from(JSON.stringify({ ...caller, scopes: [], issuedAt: start, id: 'x' }));
    const elsewhere = (await keyring.textSeal('positions', '', 16)).seal(forged);
    const changed = (await issue()).replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    for (const ticket of [elsewhere, changed, forged.toString('base64url'), 'x', '']) {
      expect(await tickets.holder(ticket)).toBeUndefined();
      await expect(tickets.use(ticket, 'a stream')).rejects.toMatchObject(refused);
    }
  });

  it('is one ticket however it is written', async () => {
    const ticket = await issue();
    await tickets.use(ticket, 'a stream');
    for (const spelled of [`${ticket}=`, `${ticket}.`, ` ${ticket}`]) {
      await expect(tickets.use(spelled, 'another')).rejects.toMatchObject(refused);
    }
  });
});
