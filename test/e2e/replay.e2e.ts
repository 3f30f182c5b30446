import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, FOLD_NAMES, Postgres, type RedisServers } from '#platform';
import { readAllViews } from '../support/all-views.js';
import { eventually } from '../support/eventually.js';
import { activities, sendHistory } from '../support/history.js';
import { keysOf } from '../support/redis-keys.js';
import { runDropOld, runReplay, runRollback, spawnReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

describe('a replay', () => {
  let service: Service;
  let demo: Client;
  let postgres: Postgres;
  let redis: RedisServers;

  beforeAll(async () => {
    service = await startService();
    demo = await service.client();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    redis = connectRedis(service.config.redisUrl, () => undefined);
    await sendHistory(service);
    await eventually(async () => {
      const views = await readAllViews(postgres, service.namespace);
      // Of the registry only broken code makes any.
      expect(Object.keys(views).filter((name) => views[name]!.length === 0)).toEqual(['registry_dead_letters']);
    });
  });
  afterAll(async () => {
    redis.disconnect();
    await postgres.close();
    await service.stop();
  });

  const allViews = () => readAllViews(postgres, service.namespace);
  const generation = async (): Promise<string> => {
    const { rows } = await postgres.query<{ id: string }>('SELECT id FROM activities_generation');
    return rows[0]!.id;
  };
  const schemas = async () => {
    const { rows } = await postgres.query<{ name: string }>(
      'SELECT nspname AS name FROM pg_namespace WHERE nspname ~ $1 ORDER BY 1',
      [`^${service.namespace.name}_(${FOLD_NAMES.join('|')})_`],
    );
    return rows.map(({ name }) => name);
  };
  const live = FOLD_NAMES.map((name) => name);
  const liveSchemas = () => live.map((name) => service.namespace.views(name)).sort();
  const figuresOf = (id: string) => keysOf(redis, service.namespace.key('active', `{${id}:*`));
  const activeUsers = () => demo('GET', '/api/v3/statistics/active-users?window=1d');

  it('builds views that equal the live ones row by row, and switches to them', async () => {
    const before = { views: await allViews(), generation: await generation(), active: (await activeUsers()).body };
    const former = service.namespace.key('active', 'a-generation', 'position', 0);
    await redis.client.set(former, '1');
    const { outcome, views } = await runReplay(service);
    expect(await redis.client.exists(former)).toBe(0);
    expect(views.map(({ compared }) => compared?.differences)).toEqual([[], []]);
    expect(outcome).toBe('switched');
    expect(await generation()).not.toBe(before.generation);
    expect(await allViews()).toEqual(before.views);
    const active = await activeUsers();
    expect(active.body.activeUsers).toBe(before.active.activeUsers);
    expect(active.headers.get('tidemark-source')).toBe('redis');
  });

  it('gives the new views every index and key of the live ones', async () => {
    const indexes = async (schema: string) => {
      const { rows } = await postgres.query<{ index: string }>(
        `SELECT replace(indexdef, schemaname, 'x') AS index FROM pg_indexes WHERE schemaname = $1 ORDER BY 1`,
        [schema],
      );
      return rows;
    };
    for (const name of FOLD_NAMES) {
      const former = await indexes(service.namespace.generation(name, 'old'));
      expect(former.length).toBeGreaterThan(3);
      expect(await indexes(service.namespace.views(name))).toEqual(former);
    }
  });

  it('goes back to the former views, which catch up first', async () => {
    const { rows } = await postgres.query<{ id: string }>(
      `SELECT id FROM ${service.namespace.generation('activities', 'old')}.activities_generation`,
    );
    expect(await demo('POST', '/api/v3/activities', activities(7))).toMatchObject({ status: 202 });
    expect((await demo('PATCH', '/api/v3/users/7', { firstName: 'Later' })).status).toBe(200);
    const { outcome } = await runRollback(service);
    expect(outcome).toBe('switched');
    expect(await generation()).toBe(rows[0]!.id);
    expect((await demo('GET', '/api/v3/users/7')).body).toMatchObject({ firstName: 'Later' });
    expect((await activeUsers()).headers.get('tidemark-source')).toBe('redis');
    expect((await runRollback(service)).outcome).toBe('switched');
    expect(await generation()).not.toBe(rows[0]!.id);
  });

  it('lets go of the former views and their figures when it is told to, and then there is no going back', async () => {
    const { rows } = await postgres.query<{ id: string }>(
      `SELECT id FROM ${service.namespace.generation('activities', 'old')}.activities_generation`,
    );
    expect(await figuresOf(rows[0]!.id)).not.toEqual([]);
    expect(await runDropOld(service)).toHaveLength(2);
    expect(await figuresOf(rows[0]!.id)).toEqual([]);
    expect(await figuresOf(await generation())).not.toEqual([]);
    expect(await schemas()).toEqual(liveSchemas());
    await expect(runRollback(service)).rejects.toThrow(/no former generation/);
  });

  it('leaves the live views in their place when it is only tried', async () => {
    const before = await generation();
    const { outcome, views } = await runReplay(service, { dryRun: true });
    expect(outcome).toBe('compared');
    expect(views.every(({ compared }) => compared!.rows > 0)).toBe(true);
    expect(await generation()).toBe(before);
    expect(await schemas()).toEqual(liveSchemas());
  });

  it('checks one environment alone', async () => {
    const { outcome, views } = await runReplay(service, { environment: 'other' });
    expect(outcome).toBe('compared');
    const { rows } = await postgres.query<{ rows: number }>(
      `SELECT sum(rows) AS rows FROM (${['activities', 'activity_totals']
        .map((table) => `SELECT count(*) AS rows FROM ${table} WHERE environment = 'other'`)
        .join(' UNION ALL ')}) counts`,
    );
    expect(views[1]!.compared!.rows).toBe(Number(rows[0]!.rows));
    expect(await schemas()).toEqual(liveSchemas());
  });

  it('shows the views as of a moment of the log, and switches to nothing', async () => {
    const before = await generation();
    const { rows: times } = await postgres.query<{ at: number }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY received_at) AS at FROM activities`,
    );
    const until = Number(times[0]!.at);
    const { outcome, views } = await runReplay(service, { until });
    expect(outcome).toBe('built');
    const schema = service.namespace.generation('activities', 'until');
    expect(views[1]!.schema).toBe(schema);
    const count = async (from: string, where: string) =>
      (await postgres.query<{ n: number }>(`SELECT count(*) AS n FROM ${from} WHERE ${where}`)).rows[0]!.n;
    const expected = await count('activities', `received_at <= ${until}`);
    expect(expected).toBeGreaterThan(0);
    expect(await count(`${schema}.activities`, 'true')).toBe(expected);
    expect(await count('activities', 'true')).toBeGreaterThan(expected);
    const registry = `${service.namespace.generation('registry', 'until')}.outcomes`;
    expect(await count(registry, 'true')).toBe(await count('outcomes', `decided_on <= to_timestamp(${until / 1000})`));
    expect(await generation()).toBe(before);
    expect(await runDropOld(service)).toHaveLength(2);
  });

  it('sees values that have only changed places', async () => {
    /** Two activities, the ones at these places of the feed, swap their ids. */
    const swap = (places: readonly number[]) =>
      postgres.query(
        `WITH placed AS (
           SELECT entry.ctid AS at, activity_id, row_number() OVER (ORDER BY place) AS turn
           FROM activity_entries entry JOIN activity_totals ON id = total_id WHERE environment = 'demo'
         )
         UPDATE activity_entries entry SET activity_id = other.activity_id FROM placed AS one, placed AS other
         WHERE one.turn = ANY ($1) AND other.turn = ANY ($1) AND one.turn <> other.turn AND entry.ctid = one.at`,
        [places],
      );
    // A sum that tells values by their columns alone would miss two of three such pairs.
    for (const places of [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]) {
      await swap(places);
      const { outcome, views } = await runReplay(service, { dryRun: true, views: ['activities'] });
      await swap(places);
      expect(outcome).toBe('unequal');
      expect(views[0]!.compared!.differences).toMatchObject([{ table: 'activities', environment: 'demo' }]);
    }
    expect((await runReplay(service, { dryRun: true, views: ['activities'] })).outcome).toBe('compared');
  });

  it('says where the live views differ from the log, does not switch, and ends with 3', async () => {
    const before = await generation();
    await postgres.query(`UPDATE users SET first_name = 'Somebody else' WHERE environment = 'other' AND id = 2`);
    await postgres.query(`DELETE FROM activity_totals WHERE environment = 'demo' AND user_id = 3`);
    const { code, out } = await spawnReplay(service, '--json').ended;
    expect(code).toBe(3);
    const { outcome, views } = JSON.parse(out) as Awaited<ReturnType<typeof runReplay>>;
    expect(outcome).toBe('unequal');
    const differences = views.flatMap(({ compared }) => compared!.differences);
    expect(differences).toMatchObject([
      { view: 'registry', table: 'users', environment: 'other', rows: ['environment, id = (other,2): other contents'] },
      // Whose they are is what a total says.
      { view: 'activities', table: 'activities', environment: 'demo' },
      { view: 'activities', table: 'activity_totals', environment: 'demo' },
      { view: 'activities', table: 'active users (Redis)', environment: 'demo' },
    ]);
    expect(differences[2]!.rows[0]).toMatch(/\(demo,3,.*: only built/);
    expect(differences[2]!.built).toBeGreaterThan(differences[2]!.live);
    expect(await generation()).toBe(before);
    expect((await demo('GET', '/api/v3/users/3/activities/count')).status).toBe(200);
    // Views of the same version must be equal: nothing makes up for that.
    expect((await runReplay(service, { accept: true })).outcome).toBe('unequal');
    expect((await runReplay(service, { environment: 'demo' })).outcome).toBe('unequal');
    const { outcome: checked } = await runReplay(service, { environment: 'other', views: ['activities'] });
    expect(checked).toBe('compared');
  });

  it('says which table is missing', async () => {
    const table = `${service.namespace.views('activities')}.made_by_hand`;
    await postgres.query(`CREATE TABLE ${table} (n int)`);
    const { views } = await runReplay(service, { dryRun: true, views: ['activities'] });
    expect(views[0]!.compared!.differences).toContainEqual(expect.objectContaining({ table: 'made_by_hand' }));
    await postgres.query(`DROP TABLE ${table}`);
  });

  it('says which figures in Redis differ', async () => {
    await postgres.query(`UPDATE activity_totals SET last_active_at = last_active_at + 1 WHERE user_id = 5`);
    const { views } = await runReplay(service, { dryRun: true, views: ['activities'] });
    const tables = views[0]!.compared!.differences.map(({ table }) => table);
    expect(tables).toEqual(expect.arrayContaining(['activity_totals', 'active users (Redis)']));
  });
});
