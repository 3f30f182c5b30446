import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventLog, type LogRecord, StartAgain, type Subscription } from '#event-sourcing';
import { createLogger, Namespace, Postgres } from '#platform';
import { eventually } from '../../../test/support/eventually.js';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { dropViews } from '../../../test/support/views.js';
import { type Fold, StopProjection } from './fold.js';
import { generationGate } from './generation-gate.js';
import { prepareGeneration, requireGeneration } from './generation.js';
import { project } from './projector.js';

/** Keeps each value with how often it was applied: whatever is lost or doubled shows. */
const ledger = (namespace: Namespace, before: (records: readonly LogRecord[]) => Promise<unknown>): Fold => ({
  name: 'registry',
  topic: { name: namespace.topic('registry'), partitions: 2 },
  tables: 'CREATE TABLE ledger (value text PRIMARY KEY, times int NOT NULL)',
  indexes: '',
  batch: 3,
  prepare: (_partition, records) =>
    Promise.resolve(async (tx) => {
      await before(records);
      for (const { value } of records) {
        await tx.query('INSERT INTO ledger VALUES ($1, 1) ON CONFLICT (value) DO UPDATE SET times = ledger.times + 1', [
          value.toString(),
        ]);
      }
    }),
});

const records = (from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from }, (_, index) => ({
    partition: 0,
    offset: from + index,
    key: 'demo',
    value: Buffer.from(`r${from + index}`),
    time: 1000,
  }));

describe('the projection of a fold', () => {
  const said: string[] = [];
  const logger = createLogger('test', 'info', {
    write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg),
  });
  let namespace: Namespace;
  let postgres: Postgres;
  let admin: Postgres;

  beforeEach(() => {
    said.length = 0;
    namespace = new Namespace(freshNamespace());
    const open = () => new Postgres(process.env.DATABASE_URL ?? '', namespace, { onError: () => undefined });
    postgres = open();
    admin = open();
  });
  afterEach(async () => {
    await dropViews(admin, namespace);
    await postgres.close();
    await admin.close();
  });

  /** An owner of the partitions whose records the test hands over itself. */
  async function owner(before: (records: readonly LogRecord[]) => Promise<unknown> = async () => undefined) {
    let subscription: Subscription | undefined;
    const log = {
      extents: async () => new Map([[0, { low: 0, high: stored }]]),
      consume: async (given: Subscription) => {
        subscription = given;
        return { joined: Promise.resolve(), ended: new Promise<void>(() => undefined), stop: async () => undefined };
      },
    } as unknown as EventLog;
    const fold = ledger(namespace, before);
    await project(fold, { log, postgres, namespace, logger });
    let owned = true;
    return {
      fold,
      lose: () => (owned = false),
      start: () => subscription!.startAt([0, 1]),
      apply: (from: number, to: number) => subscription!.apply(0, records(from, to), () => owned),
    };
  }

  let stored = 0;
  const kept = async () => {
    const { rows } = await admin.query<{ value: string; times: number }>(
      'SELECT value, times FROM ledger ORDER BY substr(value, 2)::int',
    );
    return rows.map(({ value, times }) => `${value}x${times}`);
  };
  const once = (count: number) => Array.from({ length: count }, (_, index) => `r${index}x1`);

  it('begins at the checkpoint, also after a restart in the middle', async () => {
    const first = await owner();
    expect(await first.start()).toEqual(
      new Map([
        [0, 0],
        [1, 0],
      ]),
    );
    await first.apply(0, 7);
    const second = await owner();
    expect(await second.start()).toEqual(
      new Map([
        [0, 7],
        [1, 0],
      ]),
    );
    await second.apply(7, 10);
    expect(await kept()).toEqual(once(10));
  });

  it('changes nothing when a late owner brings what its successor has applied', async () => {
    const [late, successor] = [await owner(), await owner()];
    await late.apply(0, 3);
    await successor.apply(3, 9);
    await late.apply(3, 6);
    await late.apply(6, 12);
    expect(await kept()).toEqual(once(12));
  });

  it('applies a batch once when two owners bring it at the same moment', async () => {
    const [one, two] = [await owner(), await owner()];
    await Promise.all([one.apply(0, 30), two.apply(0, 30)]);
    expect(await kept()).toEqual(once(30));
  });

  it('says of a late owner that another one had moved on', async () => {
    const [late, successor] = [await owner(), await owner()];
    await late.apply(0, 3);
    await successor.apply(3, 6);
    await late.apply(3, 6);
    expect(said).toEqual(['a commit was refused: another owner had moved on']);
  });

  it('goes on in the views of a replay that has switched, and speaks of no other owner', async () => {
    const only = await owner();
    await only.apply(0, 3);
    // What a switch is for an owner: the same positions, in another generation.
    await admin.query('UPDATE registry_generation SET id = gen_random_uuid()');
    await only.apply(3, 6);
    await only.apply(6, 9);
    expect(await kept()).toEqual(once(9));
    expect(said).toEqual(['goes on in the views of a replay']);
  });

  it('undoes a batch that fails in the middle, checkpoint included', async () => {
    const failing = await owner(async ([first]) => {
      if (first!.offset >= 3) throw new StopProjection('no further');
    });
    await expect(failing.apply(0, 9)).rejects.toThrow('no further');
    expect(await kept()).toEqual(once(3));
    expect((await failing.start()).get(0)).toBe(3);
  });

  it('tries again when its connection breaks, and applies the batch once', async () => {
    let broken = 0;
    const unlucky = await owner(async () => {
      if (broken++ > 1) return;
      // Its first statements may not have been answered yet.
      await eventually(async () => {
        const { rowCount } = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = $1 AND state = 'idle in transaction'`,
          [namespace.name],
        );
        expect(rowCount).toBe(1);
      });
    });
    await unlucky.apply(0, 3);
    expect(broken).toBe(3);
    expect(await kept()).toEqual(once(3));
  });

  it('does not hold up its successor for ever when it freezes in the middle of a transaction', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen = await owner(() => thaw.promise);
    const freezing = frozen.apply(0, 3);
    const successor = await owner();
    await successor.apply(0, 6);
    frozen.lose();
    thaw.resolve();
    await freezing;
    expect(await kept()).toEqual(once(6));
  });

  it('starts again at the checkpoint where the views fell back underneath it, as in a crash of Postgres', async () => {
    const running = await owner();
    await running.apply(0, 3);
    await admin.query("UPDATE registry_checkpoints SET position = 1; DELETE FROM ledger WHERE value <> 'r0'");
    await expect(running.apply(3, 6)).rejects.toThrow(StartAgain);
    expect((await running.start()).get(0)).toBe(1);
    await running.apply(1, 6);
    expect(await kept()).toEqual(once(6));
    expect(said).toEqual(['the views fell back, and go on from there']);
  });

  it('stops where its checkpoint is gone', async () => {
    const running = await owner();
    await running.apply(0, 3);
    await admin.query('DELETE FROM registry_checkpoints');
    await expect(running.apply(3, 6)).rejects.toThrow(StopProjection);
  });

  it('is complete only when it has come to where the log ended when it began', async () => {
    stored = 6;
    const rebuilding = await owner();
    stored = 0;
    const gate = generationGate(admin, namespace, [rebuilding.fold]);
    await expect(gate()).rejects.toMatchObject({ code: 'unavailable' });
    await rebuilding.apply(0, 3);
    await expect(requireGeneration(admin, namespace, rebuilding.fold)).rejects.toThrow(/3 records of the log to go/);
    await rebuilding.apply(3, 7);
    await expect(requireGeneration(admin, namespace, rebuilding.fold)).resolves.toBeUndefined();
    await eventually(() => gate());
  });

  it('refuses views of another version and says what to do', async () => {
    const { fold } = await owner();
    const newer = new Namespace(namespace.name, { registry: namespace.version('registry') + 1, activities: 1 });
    const refusal = /are of version \d+, this code's are \d+: run "tidemark replay"/;
    await expect(requireGeneration(postgres, newer, fold)).rejects.toThrow(refusal);
    await expect(prepareGeneration(postgres, newer, fold, new Map())).rejects.toThrow(refusal);
    await expect(requireGeneration(postgres, namespace, fold)).resolves.toBeUndefined();
  });
});
