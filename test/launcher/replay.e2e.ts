import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Namespace, Postgres } from '#platform';
import { Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { type Launch } from '../support/launch.js';
import { freshNamespace } from '../support/namespaces.js';
import { spawnReplay } from '../support/replays.js';
import { call, type Client, SECRET, type Service, startService } from '../support/service.js';

const count = '/api/v3/users/1/activities/count';
// As if the former code had made something else of the log.
const otherContents = 'UPDATE activity_totals SET activities = activities + 1';

describe('npm start on the views of former code', () => {
  let current: Namespace;
  let former: Namespace;
  let clone: Clone;

  beforeEach(() => {
    current = new Namespace(freshNamespace());
    const [registry, activities] = [current.version('registry'), current.version('activities') - 1];
    former = new Namespace(current.name, { registry, activities });
  });
  afterEach(() => clone.remove());

  it('builds its own from the log, says what differs from the former ones, and goes on', async () => {
    clone = new Clone({ DATABASE_URL: '', TIDEMARK_NAMESPACE: current.name });
    const first = clone.start();
    await sendOne(await clientOf(first));
    await makeFormer();
    expect(await first.stop()).toBe(0);

    const second = clone.start();
    const client = await clientOf(second);
    expect(second.said).toMatch(/activities: loading, \d+ of 1 records/);
    expect(second.said).toMatch(/activity_totals, environment demo: 1 rows live, 1 built/);
    expect(second.said).toMatch(/kept for instances of the former version, until --drop-old\.\n✓ Replay/);
    expect((await client('GET', count)).body).toEqual({ count: 1 });
    expect(await second.stop()).toBe(0);
  }, 180_000);

  /** What the launcher runs has left the views of activities as former code would. */
  async function makeFormer(): Promise<void> {
    const run = readFileSync(join(clone.folder, '.tidemark', 'run.json'), 'utf8');
    const postgres = new Postgres((JSON.parse(run) as { databaseUrl: string }).databaseUrl, former);
    await postgres.query(`ALTER SCHEMA ${current.views('activities')} RENAME TO ${former.views('activities')}`);
    await postgres.query('UPDATE activities_generation SET version = version - 1');
    await postgres.query(otherContents);
    await postgres.close();
  }

  describe('on servers that it was given', () => {
    let service: Service;
    let postgres: Postgres;
    let client: Client;

    beforeEach(async () => {
      const versions = { registry: former.version('registry'), activities: former.version('activities') };
      service = await startService({ namespace: former.name, versions });
      client = await service.client();
      await eventually(async () => expect((await call(`${service.url}/health/ready`, 'GET')).status).toBe(200));
      await sendOne(client);
      postgres = new Postgres(service.config.databaseUrl, former);
      await postgres.query(otherContents);
      clone = new Clone({ AUTH_JWT_SECRET: SECRET, TIDEMARK_NAMESPACE: current.name });
    });
    afterEach(async () => {
      await postgres.close();
      await service.stop();
    });

    const idOf = async (schema: string) => {
      const { rows } = await postgres.query<{ id: string }>(`SELECT id FROM ${schema}.activities_generation`);
      return rows[0]!.id;
    };

    it('goes on after Ctrl-C, and leaves it to the operator to switch to what differs', async () => {
      const built = await postgres.transaction(async (tx) => {
        await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
        await tx.query('LOCK TABLE activities_checkpoints IN ROW EXCLUSIVE MODE');
        const interrupted = clone.start();
        await interrupted.saying(/activities: catching up/);
        expect(await interrupted.stop()).toBe(0);
        return idOf(current.generation('activities', 'next'));
      });

      const refused = clone.start();
      expect(await refused.exitCode).toBe(1);
      expect(refused.said).toMatch(/activity_totals, environment demo: 1 rows live, 1 built/);
      expect(refused.said).toMatch(/npx tidemark replay --missing --accept/);
      expect((await client('GET', count)).body).toEqual({ count: 2 });
      expect(await idOf(current.generation('activities', 'next'))).toBe(built);

      expect(await spawnReplay(service, '--missing', '--accept').ended).toMatchObject({ code: 0 });
      expect(await idOf(current.views('activities'))).toBe(built);
      expect(await spawnReplay(service, '--missing').ended).toMatchObject({ code: 2 });
    }, 180_000);
  });
});

/** A client of the environment demo, with the token that the launcher tells. */
async function clientOf(launch: Launch): Promise<Client> {
  const [, url, token] = await launch.saying(/is ready on (\S+) [^]*good for a day:\s+(\S+)\s/);
  return (method, path, body) => call(url + path, method, body, { authorization: `Bearer ${token}` });
}

/** A user with one activity, which the views show when it resolves. */
async function sendOne(client: Client): Promise<void> {
  expect((await client('POST', '/api/v3/users', { username: 'jane', email: 'jane@example.com' })).status).toBe(201);
  expect((await client('POST', '/api/v3/activities', { userId: 1, type: 'step' })).status).toBe(202);
  await eventually(async () => expect((await client('GET', count)).body).toEqual({ count: 1 }));
}
