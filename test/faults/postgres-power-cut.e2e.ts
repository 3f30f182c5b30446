import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FOLD_NAMES, Postgres } from '#platform';
import { countOpen } from '#projections';
import { AcknowledgedLoad, ResumingStream } from '../support/acknowledged-load.js';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { runReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const CUTS = 50;
const CLIENTS = 3;
/** Acknowledgements between a start and the next cut, of each kind at least. */
const BETWEEN_CUTS = { activities: 40, commands: 5 };

describe('PostgreSQL, of which the power is cut while commands and activities come', () => {
  let server: OwnPostgres;
  let service: Service;
  let projector: AppProcess;
  let postgres: Postgres;
  let demo: Client;
  let load: AcknowledgedLoad;
  let stream: ResumingStream;

  beforeEach(async () => {
    server = await OwnPostgres.start('power-cut');
    service = await startService({
      projector: false,
      owner: false,
      servers: { ...process.env, DATABASE_URL: server.url },
    });
    projector = await spawnApp('projector', service);
    demo = await service.client();
    postgres = new Postgres(server.url, service.namespace, { onError: () => undefined });
    load = new AcknowledgedLoad(demo);
    stream = new ResumingStream(service.url, await service.token());
    await stream.start();
    await load.start(CLIENTS);
  }, 120_000);
  afterEach(async () => {
    await load.giveUp();
    await stream.stop().catch(() => undefined);
    projector.kill('SIGKILL');
    await projector.gone;
    await postgres.close();
    await service.stop();
    await server.stop();
  }, 120_000);

  /** What this waits for, unless the projector has ended of itself. */
  const whileProjecting = <T>(work: Promise<T>): Promise<T> => {
    const ended = projector.gone.then(({ code }) => {
      throw new Error(`the projector ended with ${code}: ${projector.logged().trim().split('\n').at(-1)}`);
    });
    return Promise.race([work, ended]);
  };

  const more = async () => {
    const before = load.acknowledged;
    await eventually(() => {
      const { activities, commands } = load.acknowledged;
      expect(activities).toBeGreaterThan(before.activities + BETWEEN_CUTS.activities);
      expect(commands).toBeGreaterThan(before.commands + BETWEEN_CUTS.commands);
    });
  };

  it('has lost nothing that was acknowledged, counts nothing twice, and gives no id again', async () => {
    for (let cuts = 0; cuts < CUTS; cuts += 1) {
      await whileProjecting(more());
      await server.cutPower();
      await server.startAgain();
    }
    await whileProjecting(load.stop());
    await whileProjecting(eventually(expectActivities));
    await expectOutcomes();
    await eventually(expectFigures);
    for (const fold of FOLD_NAMES) expect(await countOpen(postgres, fold)).toBe(0);
    // Row by row what the log says, and so is what Redis has.
    expect(await runReplay(service, { dryRun: true })).toMatchObject({ outcome: 'compared' });
  }, 300_000);

  async function expectActivities(): Promise<void> {
    for (const [user, ids] of load.activities) {
      const count = await demo('GET', `/api/v3/users/${user}/activities/count`);
      expect(count.body).toEqual({ count: ids.length });
      expect((await feedOf(user)).sort()).toEqual(ids.toSorted());
    }
    expect(stream.ids.toSorted()).toEqual([...load.activities.values()].flat().sort());
  }

  async function feedOf(user: number): Promise<string[]> {
    const ids: string[] = [];
    for (let next: string | undefined = `/api/v3/users/${user}/activities?limit=500`; next;) {
      const { body, headers } = await demo('GET', next);
      ids.push(...(body as { id: string }[]).map(({ id }) => id));
      const link = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      next = link?.replace(service.url, '');
    }
    return ids;
  }

  /** A command that is sent once more under its key is answered as it was; users are as they were left, and no more than were registered. */
  async function expectOutcomes(): Promise<void> {
    const again = await Promise.all(load.commands.map(({ request }) => demo(...request)));
    expect(again.map(({ status, body }) => ({ status, body }))).toEqual(
      load.commands.map(({ status, body }) => ({ status, body })),
    );
    const users = new Map(load.commands.map(({ body }) => [body.id, body]));
    for (const [id, user] of users) {
      const { lastActiveOn: _, ...expected } = user;
      expect((await demo('GET', `/api/v3/users/${id}`)).body).toMatchObject(expected);
    }
    const registered = load.commands.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(registered.toSorted((one, other) => one - other)).toEqual(registered.map((_, at) => at + 1));
    expect((await demo('GET', '/api/v3/users?page_size=1')).body.count).toBe(registered.length);
  }

  async function expectFigures(): Promise<void> {
    const { body, headers } = await demo('GET', '/api/v3/statistics/active-users?window=1h');
    expect(headers.get('tidemark-source')).toBe('redis');
    expect(body).toMatchObject({ activeUsers: CLIENTS });
  }
});
