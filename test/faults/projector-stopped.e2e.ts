import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Postgres } from '#platform';
import { eventually } from '../support/eventually.js';
import { type AppProcess, spawnApp } from '../support/app-process.js';
import { type Client, type Service, startService } from '../support/service.js';

const A_REQUEST = 100;

describe('a projector that is told to stop', () => {
  let service: Service;
  let demo: Client;
  let postgres: Postgres;
  let projector: AppProcess;
  let sent = 0;

  beforeEach(async () => {
    service = await startService({ projector: false });
    demo = await service.client();
    postgres = new Postgres(service.config.databaseUrl, service.namespace, { onError: () => undefined });
    projector = await spawnApp('projector', service);
    sent = 0;
    const user = await demo('POST', '/api/v3/users', { username: 'ann', email: 'ann@example.com' });
    expect(user.status).toBe(201);
  });
  afterEach(async () => {
    projector.kill('SIGKILL');
    await projector.gone;
    await postgres.close();
    await service.stop();
  });

  async function send(): Promise<void> {
    const items = Array.from({ length: A_REQUEST }, (_, n) => ({ id: `a${sent + n}`, userId: 1, type: 'step' }));
    const answer = await demo('POST', '/api/v3/activities', items);
    expect(answer).toMatchObject({ status: 202, body: { accepted: A_REQUEST } });
    sent += A_REQUEST;
  }
  const allCounted = () =>
    eventually(async () =>
      expect((await demo('GET', '/api/v3/users/1/activities/count')).body).toEqual({ count: sent }),
    );
  const stopped = async () => {
    projector.kill('SIGTERM');
    expect(await projector.gone).toEqual({ code: 0, signal: null });
  };

  it('is gone although Postgres keeps it waiting in the middle of a batch, which the next one applies', async () => {
    await postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.query('LOCK TABLE activities_checkpoints IN SHARE ROW EXCLUSIVE MODE');
      await send();
      await eventually(async () => {
        const { rows } = await postgres.query(
          `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
          [service.namespace.name],
        );
        expect(rows).not.toHaveLength(0);
      });
      await stopped();
      expect(projector.logged()).toContain('not all has ended within 10000 ms');
    });
    projector = await spawnApp('projector', service);
    await allCounted();
  });

  it('again and again under load loses nothing that was acknowledged, and counts nothing twice', async () => {
    let loaded = true;
    const load = (async () => {
      while (loaded) await send();
    })();
    for (let stops = 0; stops < 5; stops += 1) {
      const before = sent;
      await eventually(() => expect(sent).toBeGreaterThan(before));
      await stopped();
      projector = await spawnApp('projector', service);
    }
    loaded = false;
    await load;
    await allCounted();
  }, 180_000);
});
