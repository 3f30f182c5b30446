import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventLog, type Position } from '#event-sourcing';
import { Postgres } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { notesFold } from '../../test/notes.js';
import { type Projecting, projecting } from '../../test/projecting.js';
import { prepareGeneration } from '../generation.js';
import { atBarrier } from './barrier.js';
import { Bounds } from './bounded-log.js';
import { type Candidate } from './candidate.js';
import { Pace } from './pace.js';
import { WorkingShare } from './working-share.js';

const url = process.env.DATABASE_URL!;
const log = { extents: async () => new Map([[0, { low: 0, high: 9 }]]) } as unknown as EventLog;

const pace = new Pace(new WorkingShare());

describe('the barrier', () => {
  let views: Projecting;
  let admin: Postgres;

  beforeEach(async () => {
    views = projecting(url);
    // As a replay has it: its own connections may idle for as long as they like.
    admin = new Postgres(url, views.namespace, {
      schemas: ['pg_catalog'],
      queryTimeoutMs: 0,
      settings: { idle_in_transaction_session_timeout: 0 },
      onError: () => undefined,
    });
    await prepareGeneration(views.postgres, views.namespace, notesFold(views.namespace), new Map());
  });
  afterEach(async () => {
    await admin.close();
    await views.close();
  });

  /** A candidate, and how many records it has to go whenever it is asked. */
  function candidate(toGo: () => number, isLive = true) {
    const schema = views.namespace.views('registry');
    const bounds = new Bounds(new Map());
    const progress: Candidate['progress'] = async () => toGo();
    return { fold: notesFold(views.namespace), live: isLive ? { schema, version: 1 } : undefined, bounds, progress };
  }

  const write = (position: Position) =>
    views.postgres.query('UPDATE registry_checkpoints SET position = $1 WHERE partition = 0', [position]);
  const somebodyWaits = () =>
    eventually(async () => {
      const { rows } = await admin.query(
        `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
        [views.namespace.name],
      );
      expect(rows).not.toHaveLength(0);
    });

  it('has the live views stand still while something is done, and those who write go on behind it', async () => {
    let written = false;
    let writing: Promise<unknown> | undefined;
    const done = await atBarrier({ log, pace }, admin, [candidate(() => 0)], async () => {
      writing = write(3).then(() => (written = true));
      await somebodyWaits();
      expect(written).toBe(false);
      expect((await views.postgres.query('SELECT 1 AS one FROM registry_checkpoints')).rows).not.toEqual([]);
      return 'done';
    });
    expect(done).toBe('done');
    await writing;
    expect(await views.position()).toBe(3);
  });

  it('does nothing before the candidate has come to where the live views stand', async () => {
    await write(7);
    const toGo = [5_000, 2_000, 900, 20, 1, 0];
    const one = candidate(() => toGo.shift()!);
    await atBarrier({ log, pace }, admin, [one], async () => {
      expect(toGo).toEqual([]);
      expect(one.bounds.all.get(0)).toBe(7);
    });
  });

  it('goes to the end of the log where nothing is live', async () => {
    const one = candidate(() => 0, false);
    await atBarrier({ log, pace }, admin, [one], async () => expect(one.bounds.all).toEqual(new Map([[0, 9]])));
  });

  it('tries again while somebody writes for long, and does once what is to be done', async () => {
    const writer = Promise.withResolvers<void>();
    const holding = views.postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.query('UPDATE registry_checkpoints SET position = 5');
      locked.resolve();
      await writer.promise;
    });
    const locked = Promise.withResolvers<void>();
    await locked.promise;
    let tries = 0;
    const one = candidate(() => {
      // Each try begins by coming near; the first has been given up when the second begins.
      if (++tries === 2) writer.resolve();
      return 0;
    });
    let times = 0;
    await atBarrier({ log, pace }, admin, [one], async () => (times += 1));
    await holding;
    expect(times).toBe(1);
    expect(one.bounds.all.get(0)).toBe(5);
  });

  it('lets those who write go on where the candidate does not come, and tries again', async () => {
    let written = false;
    let writing: Promise<unknown> | undefined;
    const one = candidate(() => {
      writing ??= write(4)
        .then(() => write(5))
        .then(() => (written = true));
      return written ? 0 : 5;
    });
    await atBarrier({ log, pace }, admin, [one], async () => expect(written).toBe(true));
    await writing;
    expect(one.bounds.all.get(0)).toBe(5);
  });

  it('does not hold up the live views for ever when its process freezes', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    const barrier = atBarrier({ log, pace }, admin, [candidate(() => 0)], () => {
      frozen.resolve();
      return thaw.promise;
    });
    await frozen.promise;
    await write(6).finally(() => thaw.resolve());
    await expect(barrier).rejects.toThrow(/idle-in-transaction|Connection terminated/);
    expect(await views.position()).toBe(6);
  });

  it('gives the live views back with what went wrong', async () => {
    const barrier = atBarrier({ log, pace }, admin, [candidate(() => 0)], () => Promise.reject(new Error('no room')));
    await expect(barrier).rejects.toThrow('no room');
    await write(2);
  });
});
