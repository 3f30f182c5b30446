import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { Postgres } from '#platform';
import { activitiesTopic } from '#activities';
import { batchesOf, countsOf, registerUsers, sendBatches, type Sent } from '../support/activity-sender.js';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { viewsCaughtUp } from '../support/caught-up.js';
import { eventually } from '../support/eventually.js';
import { LogProxy } from '../support/log-proxy.js';
import { type Service, startService } from '../support/service.js';
import { tailTopic, type TopicTail } from '../support/topic-tail.js';

const ACTIVITIES = 6_000;
const USERS = 10;
const CLIENTS = 16;
const KILLS = 3;

describe('an interface that is killed in the middle of requests', () => {
  let service: Service;
  let tail: TopicTail;
  let postgres: Postgres;
  let api: AppProcess;
  let proxy: LogProxy;
  let port: string;

  beforeEach(async () => {
    service = await startService();
    tail = await tailTopic(service.config.kafkaBrokers, activitiesTopic(service.namespace));
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    port = await freePort();
    proxy = await LogProxy.before(service.config.kafkaBrokers[0]!);
    api = await start();
  });
  afterEach(async () => {
    api.kill('SIGKILL');
    await api.gone;
    await tail.close();
    await postgres.close();
    await service.stop();
    await proxy.close();
  });

  const start = () => spawnApp('api', service, { HOST: '127.0.0.1', PORT: port, KAFKA_BROKERS: proxy.address });

  it('loses nothing that it acknowledged, and what is sent again counts once', async () => {
    const target = { url: `http://127.0.0.1:${port}`, token: await service.token() };
    await registerUsers(target, USERS);
    const items = Array.from({ length: ACTIVITIES }, (_, n): Sent => ({
      id: `n${n}`,
      userId: (n % USERS) + 1,
      type: 'step',
    }));
    let acknowledged = 0;
    const sending = sendBatches(target, batchesOf(items, [1, 20, 5]), CLIENTS, (sum) => {
      acknowledged = sum.acknowledged;
    });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const mark = (kill * ACTIVITIES) / (KILLS + 1);
      await eventually(() => expect(acknowledged).toBeGreaterThan(mark));
      // What it has taken in by then is in its memory alone.
      const { withheld } = proxy;
      proxy.withholdProduce(true);
      await eventually(() => expect(proxy.withheld).toBeGreaterThan(withheld));
      api.kill('SIGKILL');
      expect(await api.gone).toMatchObject({ signal: 'SIGKILL' });
      proxy.withholdProduce(false);
      api = await start();
    }
    const { acknowledged: all, unanswered } = await sending;
    expect(all).toBe(ACTIVITIES);
    // Requests were under way when the process went.
    expect(unanswered.get(0)).toBeGreaterThanOrEqual(KILLS);
    await viewsCaughtUp(tail.log, postgres, service.namespace);
    expect(await countsOf(target, USERS)).toEqual(Array(USERS).fill(ACTIVITIES / USERS));
  }, 120_000);
});

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
