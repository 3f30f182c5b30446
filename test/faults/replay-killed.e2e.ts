import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesTopic } from '#activities';
import { kafkaEventLog } from '#event-log';
import { type EventLog } from '#event-sourcing';
import { createLogger, Postgres } from '#platform';
import { readAllViews } from '../support/all-views.js';
import { viewsCaughtUp } from '../support/caught-up.js';
import { eventually } from '../support/eventually.js';
import { activities, sendHistory } from '../support/history.js';
import { type ReplayProcess, spawnReplay } from '../support/replays.js';
import { type Client, type Service, startService } from '../support/service.js';

const MANY = 40_000;

describe('a replay that is killed', () => {
  let service: Service;
  let demo: Client;
  let postgres: Postgres;
  let next: string;
  let live: string;

  beforeEach(async () => {
    service = await startService();
    demo = await service.client();
    postgres = new Postgres(service.config.databaseUrl, service.namespace);
    next = service.namespace.generation('activities', 'next');
    live = service.namespace.views('activities');
    await sendHistory(service);
    // A projector that is at work holds the checkpoints, and would wait for a test's lock as the replay for it.
    await withLog((log) => viewsCaughtUp(log, postgres, service.namespace));
  });
  afterEach(async () => {
    await postgres.close();
    await service.stop();
  });

  const idOf = async (schema: string) => {
    const { rows } = await postgres.query<{ id: string }>(`SELECT id FROM ${schema}.activities_generation`);
    return rows[0]!.id;
  };

  async function kill(replay: ReplayProcess): Promise<void> {
    replay.kill('SIGKILL');
    expect(await replay.ended).toMatchObject({ code: null });
  }

  /** The live views are as they were, and the next call goes on with what is there. */
  async function goesOn(before: { live: string; next: string }): Promise<void> {
    expect(await idOf(live)).toBe(before.live);
    expect(await demo('POST', '/api/v3/activities', activities(5))).toMatchObject({ status: 202 });
    expect((await demo('PATCH', '/api/v3/users/2', { lastName: 'Between' })).status).toBe(200);
    const { code, err } = await spawnReplay(service).ended;
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(await idOf(live)).toBe(before.next);
    expect(await idOf(service.namespace.generation('activities', 'old'))).toBe(before.live);
    expect((await demo('GET', '/api/v3/users/2')).body).toMatchObject({ lastName: 'Between' });
  }

  it('while it reads the log goes on where it was', async () => {
    await appendMany();
    const replay = spawnReplay(service);
    const progress = async () => {
      const { rows } = await postgres.query<{ position: number; rows: number }>(
        `SELECT (SELECT sum(position) FROM ${next}.activities_checkpoints) AS position,
           (SELECT count(*) FROM ${next}.activities) AS rows`,
      );
      return { position: Number(rows[0]!.position), rows: Number(rows[0]!.rows) };
    };
    await eventually(async () => expect((await progress()).position).toBeGreaterThan(0));
    await kill(replay);
    // What was on its way is undone before anybody goes on.
    const before = { live: await idOf(live), next: await idOf(next) };
    expect(await progress()).toMatchObject({ rows: expect.any(Number) });
    await goesOn(before);
  }, 120_000);

  it.each([
    // Each of these locks keeps a replay in one phase.
    [
      'while it makes the indexes',
      /activities: indexing/,
      () => asSoonAsThere(`LOCK TABLE ${next}.activities IN ACCESS SHARE MODE`),
    ],
    [
      'at the barrier',
      /activities: catching up/,
      () => `LOCK TABLE ${live}.activities_checkpoints IN ROW EXCLUSIVE MODE`,
    ],
    ['while it compares', /activities: comparing/, () => `LOCK TABLE ${live}.activity_totals IN ACCESS EXCLUSIVE MODE`],
    [
      'at the switch',
      /activities: comparing[^]*activities: catching up/,
      () => `LOCK TABLE ${live}.activities_checkpoints IN ACCESS SHARE MODE`,
    ],
  ])('%s goes on where it was', async (_, phase, lock) => {
    let replay: ReplayProcess | undefined;
    if (lock().includes(next)) replay = spawnReplay(service);
    await postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.query(lock());
      replay ??= spawnReplay(service);
      await replay.saying(phase);
      await kill(replay);
    });
    await goesOn({ live: await idOf(live), next: await idOf(next) });
  });

  it('by Ctrl-C leaves the live views untouched, and goes on', async () => {
    let replay: ReplayProcess | undefined;
    await postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.query(`LOCK TABLE ${live}.activities_checkpoints IN ROW EXCLUSIVE MODE`);
      replay = spawnReplay(service);
      await replay.saying(/activities: catching up/);
      replay.kill('SIGINT');
      expect(await replay.ended).toMatchObject({ code: null, out: '' });
    });
    await goesOn({ live: await idOf(live), next: await idOf(next) });
  });

  it('builds views that equal those of a replay that was not', async () => {
    const before = await readAllViews(postgres, service.namespace);
    const replay = spawnReplay(service);
    await replay.saying(/activities: loading/);
    await kill(replay);
    expect(await spawnReplay(service).ended).toMatchObject({ code: 0 });
    expect(await readAllViews(postgres, service.namespace)).toEqual(before);
  });

  async function withLog(work: (log: EventLog) => Promise<void>): Promise<void> {
    const logger = createLogger('test', 'silent');
    const log = kafkaEventLog({ brokers: service.config.kafkaBrokers, clientId: 'many', logger });
    await log.prepare([activitiesTopic(service.namespace)]);
    await work(log).finally(() => log.close());
  }

  const appendMany = () =>
    withLog(async (log) => {
      const occurredAt = 1_700_000_000_000;
      const value = (n: number) => JSON.stringify({ v: 1, id: `many${n}`, type: 'many', occurredAt });
      const records = Array.from({ length: MANY }, (_, n) => ({ key: `demo/${1 + (n % 19)}`, value: value(n) }));
      await log.append(activitiesTopic(service.namespace).name, records);
      await viewsCaughtUp(log, postgres, service.namespace);
    });
});

/**
 * Tried again and again by the server itself, since the table may be there for no longer than a moment. A session learns of
 * what others have made when it locks a table.
 */
const asSoonAsThere = (lock: string) => `
  DO $$ BEGIN
    LOOP
      BEGIN
        PERFORM FROM pg_namespace LIMIT 0;
        ${lock};
        EXIT;
      EXCEPTION WHEN undefined_table OR invalid_schema_name THEN
        PERFORM pg_sleep(0.002);
      END;
    END LOOP;
  END $$`;
