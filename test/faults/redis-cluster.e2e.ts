import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { liveViews } from '#projections';
import { readStatus } from '../../apps/cli/src/status.js';
import { ActiveUsersLoad } from '../support/active-users-load.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { runReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const ENVIRONMENTS = ['demo', 'acme', 'other'];
const PARTITIONS = [0, 1, 2, 3, 4, 5, 6, 7];
/** Users of each environment that come with each fault. */
const NEW_USERS = 6;
const FAULTS = 7;

describe('statistics on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let service: Service;
  let demo: Client;
  let load: ActiveUsersLoad;
  let slots: string[];

  beforeAll(async () => {
    cluster = await RedisCluster.start('redis-cluster', { password: 'open-sesame' });
    service = await startService({ servers: { ...process.env, REDIS_URL: cluster.url } });
    demo = await service.client('demo');
    load = new ActiveUsersLoad(await Promise.all(ENVIRONMENTS.map((environment) => service.client(environment))));
    await load.start(NEW_USERS * FAULTS);
    const postgres = new Postgres(service.config.databaseUrl, service.namespace);
    const { generation } = await liveViews(postgres, { name: 'activities' });
    await postgres.close();
    slots = PARTITIONS.map((partition) => `{${generation}:${partition}}`);
  });
  afterAll(async () => {
    await load?.stop();
    await service?.stop();
    await cluster?.stop();
  });

  const redisStatus = async (url = cluster.url) => {
    const { servers } = await readStatus({ ...service.config, redisUrl: url }, undefined);
    return servers.redis;
  };

  it('are in several slots of several masters', async () => {
    await load.more(NEW_USERS);
    await load.settled('redis');
    const masters = await Promise.all(slots.map((slot) => cluster.masterOf(slot)));
    expect(new Set(masters).size).toBeGreaterThan(1);
    expect(await redisStatus()).toBe('up');
  });

  it('are never wrong while their slots are moved to other masters, half of a slot here and half there', async () => {
    const masters = await cluster.masters();
    for (const [n, slot] of slots.entries()) {
      const at = masters.indexOf(await cluster.masterOf(slot));
      const to = masters[(at + 1) % masters.length]!;
      // The position before the figures, and behind them.
      const order = (keys: string[]) => (n === 0 ? keys.sort().reverse() : keys.sort());
      await cluster.moveSlot(slot, to, n < 2 ? { order, between: () => load.asked() } : {});
    }
    await load.more(NEW_USERS);
    await load.settled('redis');
  });

  it('are never wrong while a master is killed and its replica takes over', async () => {
    const [first] = await cluster.masters();
    await cluster.moveSlot(slots[0]!, first!);
    await first!.kill();
    await load.more(NEW_USERS);
    await load.settled('redis');
    expect(first!.address).not.toBe((await cluster.masterOf(slots[0]!)).address);
    await first!.startAgain();
    await cluster.whole();
    await load.settled('redis');
  });

  it('are never wrong while a master hangs and its replica takes over', async () => {
    const hanging = await cluster.masterOf(slots[0]!);
    hanging.hang();
    await load.more(NEW_USERS);
    await load.settled('redis');
    hanging.goOn();
    await cluster.whole();
    expect(hanging.address).not.toBe((await cluster.masterOf(slots[0]!)).address);
    await load.settled('redis');
  });

  it('are counted by Postgres while a master without a replica hangs, which is told, and nothing waits for it', async () => {
    const masters = await cluster.masters();
    const alone = masters.find(({ address }) => address !== masters[0]!.address)!;
    await cluster.moveSlot(slots[1]!, alone);
    alone.hang();
    await load.more(NEW_USERS);
    await load.settled('postgres');
    expect(await redisStatus()).toMatch(/does not answer/);
    alone.goOn();
    await cluster.whole();
    await load.settled('redis');
  });

  it('are never wrong while all masters are emptied, and come back', async () => {
    await load.more(1);
    await cluster.empty();
    await load.more(NEW_USERS - 1);
    await load.settled('redis');
  });

  it('come back after all servers were started again, and equal the views row by row', async () => {
    const nodes = await cluster.masters();
    for (const node of nodes) await node.kill();
    await load.more(NEW_USERS);
    await load.settled('postgres');
    for (const node of nodes) await node.startAgain();
    await cluster.whole();
    await load.settled('redis');
    await load.stop();
    expect(load.sources).toEqual(new Set(['redis', 'postgres']));
    // By one of its addresses alone.
    const config = { ...service.config, redisUrl: cluster.addresses[1]! };
    expect(await runReplay({ config }, { dryRun: true })).toMatchObject({ outcome: 'compared' });
  });

  it('are there with tickets of streams, each of which opens one', async () => {
    const { status, body } = await demo('POST', '/api/v3/stream-tickets');
    expect(status).toBe(201);
    const open = async (query: string) => {
      const answer = await fetch(`${service.url}/api/v3/stream?${query}ticket=${body.ticket}`);
      await answer.body?.cancel();
      return answer.status;
    };
    expect([await open(''), await open('types=step&'), await open('')]).toEqual([200, 401, 200]);
  });
});
