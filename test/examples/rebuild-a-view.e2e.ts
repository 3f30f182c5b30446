import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { eventually } from '../support/eventually.js';
import { runExample } from '../support/example.js';
import { activities } from '../support/history.js';
import { type Client, type Service, startService } from '../support/service.js';

const WITHIN_MS = 180_000;

describe('the example that rebuilds a view', () => {
  let service: Service;
  let client: Client;
  let postgres: Postgres;

  beforeAll(async () => {
    service = await startService();
    client = await service.client();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    const users = Array.from({ length: 10 }, (_, n) => ({ username: `user${n}`, email: `user${n}@example.com` }));
    expect((await client('POST', '/api/v3/users/batch', users)).body).toMatchObject({ created: 10 });
    expect((await client('POST', '/api/v3/workspaces', { name: 'Tide' })).status).toBe(201);
    expect((await client('POST', '/api/v3/activities', activities(0))).status).toBe(202);
    await eventually(async () => expect(await countOf(2)).toBeGreaterThan(0));
  });
  afterAll(async () => {
    await postgres.close();
    await service.stop();
  });

  const countOf = async (userId: number) =>
    ((await client('GET', `/api/v3/users/${userId}/activities/count`)).body as { count: number }).count;
  const generation = async () => (await postgres.query('SELECT id FROM activities_generation')).rows[0];
  const rebuild = (...args: string[]) => runExample('rebuild-a-view/rebuild.sh', args, service);

  it(
    'puts the new view in the place of the former one where both are equal and the check succeeds',
    async () => {
      const [former, count] = [await generation(), await countOf(2)];
      const { code, said } = await rebuild('activities', '--', 'true');
      expect(said).toMatch(/: equal[^]*live views stay in their place[^]*Switched after/);
      expect(code).toBe(0);
      expect(await generation()).not.toEqual(former);
      expect(await countOf(2)).toBe(count);
    },
    WITHIN_MS,
  );

  it(
    'brings the former view back where the check fails',
    async () => {
      const former = await generation();
      const { code, said } = await rebuild('activities', '--', 'false');
      expect(said).toMatch(/Switched after[^]*The check failed[^]*Switched after/);
      expect(code).toBe(1);
      expect(await generation()).toEqual(former);
    },
    WITHIN_MS,
  );

  it(
    'says what differs and switches nothing',
    async () => {
      const former = await generation();
      await postgres.query(
        `UPDATE activity_totals SET type = type || '-other' WHERE environment = 'demo' AND user_id = 2`,
      );
      const { code, said } = await rebuild('activities');
      expect(said).toMatch(/they differ[^]*activities, environment demo/);
      expect(code).toBe(3);
      expect(await generation()).toEqual(former);
    },
    WITHIN_MS,
  );

  it(
    'says that the new view stays where a new version was accepted and the check fails',
    async () => {
      await service.stopProjector();
      // As if code of the former version had made other contents of the log.
      const { namespace } = service;
      const former = `${namespace.name}_activities_v${namespace.version('activities') - 1}`;
      await postgres.query(`ALTER SCHEMA ${namespace.views('activities')} RENAME TO ${former}`);
      await postgres.query(`UPDATE ${former}.activities_generation SET version = version - 1`);
      await postgres.query(`DROP SCHEMA IF EXISTS ${namespace.generation('activities', 'old')} CASCADE`);
      const { code, said } = await rebuild('activities', '--accept', '--', 'false');
      expect(said).toMatch(/Switched after[^]*The check failed[^]*former version still have their view[^]*still live/);
      expect(code).toBe(4);
      expect((await postgres.query(`SELECT FROM ${former}.activities_generation`)).rows).toHaveLength(1);
    },
    WITHIN_MS,
  );
});
