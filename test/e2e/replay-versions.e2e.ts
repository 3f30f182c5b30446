import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres, type ViewVersions } from '#platform';
import { type ReplayedFold } from '#projections';
import { eventually } from '../support/eventually.js';
import { activities, sendHistory } from '../support/history.js';
import { runDropOld, runReplay, runRollback } from '../support/replays.js';
import { call, type Client, type Service, startService } from '../support/service.js';

describe('a projection that has changed', () => {
  let former: Service;
  let demo: Client;
  let postgres: Postgres;
  let newer: Service;
  let versions: ViewVersions;
  let names: Namespace;

  beforeAll(async () => {
    former = await startService();
    demo = await former.client();
    await sendHistory(former);
    const { namespace } = former;
    versions = { registry: namespace.version('registry'), activities: namespace.version('activities') + 1 };
    names = new Namespace(namespace.name, versions);
    postgres = new Postgres(former.config.databaseUrl, names);
  });
  afterAll(async () => {
    await newer?.stop();
    await postgres.close();
    await former.stop();
  });

  const ready = async ({ url }: Service) => (await call(`${url}/health/ready`, 'GET')).status;

  /** The views of activities as newer code has them: types are told apart by their first letter alone. */
  function changed(folds: ReplayedFold[]): ReplayedFold[] {
    return folds.map((replayed) => {
      if (replayed.fold.name !== 'activities') return replayed;
      const { load } = replayed;
      const tables = Array.from({ length: replayed.fold.topic.partitions }, (_, at) => `loaded_activities_${at}`);
      const shorten = { sql: tables.map((name) => `UPDATE ${name} SET type = left(type, 1)`).join('; ') };
      const table = { sql: `CREATE TABLE made_by_newer_code (environment text)`, makes: 'made_by_newer_code' };
      return { ...replayed, load: { ...load, finish: [[shorten, table], ...load.finish] } };
    });
  }

  it('waits for its views while instances of the former version go on', async () => {
    newer = await startService({ namespace: former.namespace.name, owner: false, versions });
    expect(await ready(newer)).toBe(503);
    const client = await newer.client();
    expect((await client('GET', '/api/v3/users/1')).status).toBe(503);
    expect(await ready(former)).toBe(200);
    expect((await demo('GET', '/api/v3/users/1')).status).toBe(200);
  });

  it('is compared with the former one, and not put in its place where it differs', async () => {
    const { outcome, views } = await runReplay(former, { versions, change: changed });
    expect(outcome).toBe('unequal');
    const tables = views.flatMap(({ compared }) => compared!.differences.map(({ view, table }) => `${view}.${table}`));
    expect(new Set(tables)).toEqual(new Set(['activities.activities', 'activities.activity_totals']));
    expect(await ready(newer)).toBe(503);
  });

  it('does not cover for what differs in views whose version is the same', async () => {
    await postgres.query(`UPDATE users SET last_name = 'Nobody' WHERE environment = 'demo' AND id = 2`);
    const { outcome } = await runReplay(former, { versions, change: changed, accept: true });
    expect(outcome).toBe('unequal');
    await postgres.query(`UPDATE users SET last_name = '' WHERE environment = 'demo' AND id = 2`);
  });

  it('goes live when what differs is accepted, from what was built before', async () => {
    const { rows } = await postgres.query<{ id: string }>(
      `SELECT id FROM ${names.generation('activities', 'next')}.activities_generation`,
    );
    const { outcome } = await runReplay(former, { versions, change: changed, accept: true });
    expect(outcome).toBe('switched');
    const { rows: now } = await postgres.query('SELECT id FROM activities_generation');
    expect(now).toEqual(rows);
    await eventually(async () => expect(await ready(newer)).toBe(200));
  });

  it('has instances of both versions read and project their own views', async () => {
    const client = await newer.client();
    const count = async (of: Client, type: string) =>
      (await of('GET', `/api/v3/users/2/activities/count?type=${type}`)).body.count as number;
    const before = { former: await count(demo, 'type0'), newer: await count(client, 't') };
    expect(before.former).toBeGreaterThan(0);
    expect(before.newer).toBeGreaterThan(before.former);
    expect((await client('PATCH', '/api/v3/users/2', { lastName: 'Both' })).status).toBe(200);
    expect((await demo('GET', '/api/v3/users/2')).body).toMatchObject({ lastName: 'Both' });
    expect(await demo('POST', '/api/v3/activities', activities(9))).toMatchObject({ status: 202 });
    await eventually(async () => {
      expect(await count(demo, 'type0')).toBeGreaterThan(before.former);
      expect(await count(client, 'type0')).toBe((await count(demo, 'type0')) - before.former);
    });
  });

  it('leaves going back to the instances of the former version, until its views are dropped', async () => {
    const onlyChanged = { versions, views: ['activities' as const] };
    await expect(runRollback(former, onlyChanged)).rejects.toThrow(/start that/);
    await former.stopProjector();
    expect(await runDropOld(former, onlyChanged)).toEqual([former.namespace.views('activities')]);
    await eventually(async () => expect(await ready(former)).toBe(503));
    expect(await ready(newer)).toBe(200);
  });
});
