import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, Namespace, Postgres } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { freshNamespace } from '../../../../test/support/namespaces.js';
import { type ReplayContext } from './candidate.js';
import { Pace } from './pace.js';
import { compareAll } from './replay.js';
import { nameOfReplay, takeReplayLock } from './replay-lock.js';
import { Snapshot } from './snapshot.js';
import { WorkingShare } from './working-share.js';

const url = process.env.DATABASE_URL!;

describe('the connections of a replay', () => {
  let namespace: Namespace;
  let admin: Postgres;
  const ignore = () => undefined;
  const pool = (max: number) =>
    new Postgres(url, namespace, { max, name: nameOfReplay(namespace), schemas: ['pg_catalog'], onError: ignore });

  beforeEach(() => {
    namespace = new Namespace(freshNamespace());
    admin = new Postgres(url, namespace, { onError: ignore });
  });
  afterEach(() => admin.close());

  const open = async () => {
    const { rows } = await admin.query<{ open: number }>(
      'SELECT count(*) AS open FROM pg_stat_activity WHERE application_name = $1',
      [nameOfReplay(namespace)],
    );
    return rows[0]!.open;
  };
  const noneIsOpen = () => eventually(async () => expect(await open()).toBe(0));

  it('are given back where the lock of the replay cannot be asked for', async () => {
    const broken = namespace.schema('broken');
    await admin.query(`CREATE SCHEMA ${broken}`);
    await admin.query(`CREATE FUNCTION ${broken}.hashtext(text) RETURNS int LANGUAGE sql AS 'SELECT 1 / 0'`);
    const address = new URL(url);
    address.searchParams.set('options', `-c search_path=${broken},pg_catalog`);
    await expect(takeReplayLock(address.href, namespace)).rejects.toMatchObject({ code: '22012' });
    await noneIsOpen();
    await admin.query(`DROP SCHEMA ${broken} CASCADE`);
  });

  it('are given back where another replay has the lock, which can be taken when it is released', async () => {
    const lock = await takeReplayLock(url, namespace);
    await expect(takeReplayLock(url, namespace)).rejects.toThrow(/is running already/);
    await eventually(async () => expect(await open()).toBe(1));
    await lock.release();
    await noneIsOpen();
    await (await takeReplayLock(url, namespace)).release();
  });

  it('are given back where a snapshot gets only one of two', async () => {
    const small = pool(1);
    await expect(Snapshot.take(small)).rejects.toThrow(/timeout exceeded/);
    expect((await small.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await small.close();
    await noneIsOpen();
  });

  it('are given back where the barrier fails when the snapshot has been taken', async () => {
    const two = pool(4);
    const failing = Object.create(two, {
      transaction: {
        value: async (work: Parameters<Postgres['transaction']>[0]) => {
          await two.transaction(work);
          throw new Error('the answer of the commit was lost');
        },
      },
    }) as Postgres;
    const pace = new Pace(new WorkingShare());
    const context = { logger: createLogger('test', 'silent'), pace } as ReplayContext;
    await expect(compareAll(context, failing, [])).rejects.toThrow('the answer of the commit was lost');
    await two.close();
    await noneIsOpen();
  });

  it('do not end the process when they are lost while they hold a snapshot', async () => {
    const two = pool(2);
    const snapshot = await Snapshot.take(two);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      nameOfReplay(namespace),
    ]);
    await noneIsOpen();
    await expect(snapshot.one.query('SELECT 1')).rejects.toThrow();
    await snapshot.release();
    await two.close();
  });
});
