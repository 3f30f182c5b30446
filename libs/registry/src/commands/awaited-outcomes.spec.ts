import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, metrics, Notifications } from '#platform';
import { openViews, type Views } from '../../../../test/support/views.js';
import { registryFold } from '../fold/registry.fold.js';
import { Keyring } from '../stored/keyring.js';
import { newCommandId } from '../stored/command-id.js';
import { AwaitedOutcomes } from './awaited-outcomes.js';

const NEVER_MS = 600_000;
const idsOf = (count: number) => Array.from({ length: count }, () => newCommandId());

describe('who waits for the outcome of a command', () => {
  let views: Views;
  let notifications: Notifications;
  let outcomes: AwaitedOutcomes;

  beforeEach(async () => {
    views = await openViews((namespace, postgres) => registryFold(namespace, new Keyring(postgres, namespace, [])));
    notifications = new Notifications(process.env.DATABASE_URL!, () => undefined);
    outcomes = new AwaitedOutcomes(views.postgres, notifications, views.namespace, createLogger('test', 'silent'));
    await outcomes.onModuleInit();
  });
  afterEach(async () => {
    await notifications.close();
    await views.close();
  });

  /** As a projector does when it has judged commands of a partition. */
  const judge = (ids: readonly string[], partition = 0) =>
    views.postgres.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO outcomes SELECT id, 0, 'demo', now(), '{"rejected":"not-found"}' FROM unnest($1::uuid[]) AS id`,
        [ids],
      );
      await tx.query('SELECT pg_notify($1, $2)', [views.namespace.views('registry'), `${partition}:1`]);
    });
  const expectOne = (partition = 0) => {
    const id = newCommandId();
    const expected = outcomes.expect([id], partition, NEVER_MS);
    expected.sending([id]);
    return { id, ...expected };
  };

  it('hears of a command that came between two parts of a batch when it is judged, not when the batch is', async () => {
    const ids = idsOf(2_000);
    const batch = outcomes.expect(ids, 0, NEVER_MS);
    batch.sending(ids.slice(0, 1_000));
    const single = expectOne();
    batch.sending(ids.slice(1_000));
    await judge([...ids.slice(0, 1_000), single.id]);
    expect((await single.verdicts).size).toBe(1);
    batch.forget();
    expect((await batch.verdicts).size).toBe(1_000);
  });

  it('hears of it behind a thousand that never came into the log', async () => {
    const ids = idsOf(1_000);
    const lost = outcomes.expect(ids, 0, NEVER_MS);
    lost.sending(ids);
    const single = expectOne();
    await judge([single.id]);
    expect((await single.verdicts).size).toBe(1);
    lost.forget();
  });

  it('hears of it whatever waits in other partitions', async () => {
    const ids = idsOf(1_500);
    const waiting = outcomes.expect(ids, 1, NEVER_MS);
    waiting.sending(ids);
    const single = expectOne(0);
    await judge([single.id]);
    expect((await single.verdicts).size).toBe(1);
    waiting.forget();
  });

  it('waits for nothing any more when its time is over, also where that was before it was sent', async () => {
    const before = await awaited();
    const ids = idsOf(3);
    const expected = outcomes.expect(ids, 0, 1);
    expected.sending(ids.slice(0, 2));
    expect((await awaited()) - before).toBe(2);
    expect((await expected.verdicts).size).toBe(0);
    expected.sending(ids.slice(2));
    expect(await awaited()).toBe(before);
  });

  it('is not counted any more when it has heard', async () => {
    const before = await awaited();
    const single = expectOne();
    expect((await awaited()) - before).toBe(1);
    await judge([single.id]);
    await single.verdicts;
    expect(await awaited()).toBe(before);
  });

  it('hears of what was judged while nobody could announce it, as soon as somebody can', async () => {
    const single = expectOne();
    await views.postgres.query(`INSERT INTO outcomes VALUES ($1, 0, 'demo', now(), '{"rejected":"not-found"}')`, [
      single.id,
    ]);
    const { rows } = await views.postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' || $1 || '%'`,
      [views.namespace.views('registry')],
    );
    expect(rows).toHaveLength(1);
    expect((await single.verdicts).size).toBe(1);
  });

  it('keeps nobody for longer where Postgres does not answer at the end either', async () => {
    const id = newCommandId();
    await views.postgres.transaction(async (tx) => {
      await tx.query('LOCK TABLE outcomes IN ACCESS EXCLUSIVE MODE');
      const expected = outcomes.expect([id], 0, 1);
      expected.sending([id]);
      expect((await expected.verdicts).size).toBe(0);
    });
  });

  it('hears in the end of what was judged without a word', async () => {
    const id = newCommandId();
    const expected = outcomes.expect([id], 0, 200);
    expected.sending([id]);
    await views.postgres.query(`INSERT INTO outcomes VALUES ($1, 0, 'demo', now(), '{"rejected":"not-found"}')`, [id]);
    expect((await expected.verdicts).get(id)).toEqual({ rejected: 'not-found' });
  });
});

async function awaited(): Promise<number> {
  const { values } = await metrics.getSingleMetric('tidemark_registry_commands_awaited')!.get();
  return values[0]?.value ?? 0;
}
