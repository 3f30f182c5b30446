import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LogRecord } from '#event-sourcing';
import { metrics } from '#platform';
import { NOTES_TABLES, notesFold, PARKING_TABLES, WAYS_TO_FAIL } from '../test/notes.js';
import { type HandFed, type Projecting, projecting } from '../test/projecting.js';
import { ask, type Entry, logOf, story } from '../test/stories.js';

describe('a record that could not be applied', () => {
  let views: Projecting;
  beforeEach(() => void (views = projecting(process.env.DATABASE_URL!)));
  afterEach(() => views.close());

  /** The rows of a run in which nothing ever failed. */
  const withoutPoison = async (records: readonly LogRecord[], tables = NOTES_TABLES) => {
    const other = projecting(process.env.DATABASE_URL!);
    try {
      const owner = await other.owner(notesFold(other.namespace, { mended: true }));
      await owner.apply(records);
      return await other.rows(...tables);
    } finally {
      await other.close();
    }
  };

  it.each(WAYS_TO_FAIL)('is applied by a retry as if it had never failed, row by row: %s', async (way) => {
    const records = logOf([...story(way), ask({ key: 'ann' }), ['ann', 'a5']]);
    await (await views.owner(notesFold(views.namespace))).apply(records.slice(0, 6));
    const mended = await views.owner(notesFold(views.namespace, { mended: true }));
    await mended.apply(records.slice(6, 8));
    expect(await views.applied()).toEqual(['a1', 'b1', 'b2', 'c1', 'b3']);
    await mended.apply(records.slice(8));
    expect(await views.rows(...NOTES_TABLES, 'registry_dead_letters')).toEqual(
      await withoutPoison(records, [...NOTES_TABLES, 'registry_dead_letters']),
    );
  });

  it.each(WAYS_TO_FAIL)('that fails again in a retry loses nothing and goes on waiting: %s', async (way) => {
    const owner = await views.owner(notesFold(views.namespace));
    const records = logOf([...story(way), ask({ key: 'ann' }), ['ann', 'a5'], ['bob', 'b4']]);
    await owner.apply(records.slice(0, 8));
    const before = await views.waiting();
    await owner.apply(records.slice(8));
    expect(await views.waiting()).toEqual([...before, { key: 'ann', position: 9, reason: null }]);
    expect(await views.applied()).toEqual(['a1', 'b1', 'b2', 'c1', 'b3', 'b4']);
  });

  it.each(WAYS_TO_FAIL)('is where a retry stops when it follows of one that was mended: %s', async (way) => {
    const entries: Entry[] = [
      ['ann', 'stays'],
      ['ann', 'a1'],
      ['ann', 'a2'],
      ['ann', way],
      ['ann', 'a4'],
      ['ann', `${way} too`],
      ask({ key: 'ann' }),
    ];
    const unable = notesFold(views.namespace);
    const first = await views.owner({
      ...unable,
      prepare: async (partition, all) => {
        if (all.some(({ value }) => value.toString() === 'stays')) throw new TypeError('only now');
        return unable.prepare(partition, all);
      },
    });
    const records = logOf(entries);
    await first.apply(records.slice(0, 6));
    expect(await views.applied()).toEqual([]);
    await (await views.owner(unable)).apply(records.slice(6));
    expect(await views.applied()).toEqual(['stays', 'a1', 'a2']);
    expect(await views.waiting()).toEqual([
      { key: 'ann', position: 3, reason: expect.not.stringMatching(/only now/) },
      { key: 'ann', position: 4, reason: null },
      { key: 'ann', position: 5, reason: null },
    ]);
  });

  it('is taken up in parts, each of at most so many, and what comes meanwhile waits its turn', async () => {
    const records = logOf([
      ...story('throws'),
      ask({ key: 'ann', limit: 2 }),
      ['ann', 'a5'],
      ask({ key: 'ann', limit: 1 }),
      ask({ key: 'ann', limit: 5 }),
      ['ann', 'a6'],
    ]);
    await (await views.owner(notesFold(views.namespace))).apply(records.slice(0, 8));
    const mended = await views.owner(notesFold(views.namespace, { mended: true }));
    await mended.apply(records.slice(8, 10));
    expect(await views.waiting()).toEqual([
      { key: 'ann', position: 6, reason: expect.stringMatching(/not tried/) },
      { key: 'ann', position: 9, reason: null },
    ]);
    await mended.apply(records.slice(10, 11));
    expect(await views.waiting()).toEqual([{ key: 'ann', position: 9, reason: expect.stringMatching(/not tried/) }]);
    await mended.apply(records.slice(11));
    expect(await views.waiting()).toEqual([]);
    expect(await views.rows(...NOTES_TABLES)).toEqual(await withoutPoison(records));
  });

  it('is dropped for good by a skip, which goes on with what follows', async () => {
    const owner = await views.owner(notesFold(views.namespace));
    const records = logOf([
      ...story('throws'),
      ['ann', 'unreadable'],
      ['ann', 'a6'],
      ask({ key: 'ann', control: 'skip', position: 2 }),
    ]);
    await owner.apply(records);
    expect(await views.applied()).toEqual(['a1', 'b1', 'b2', 'a3', 'c1', 'a4', 'b3']);
    expect(await views.waiting()).toEqual([
      { key: 'ann', position: 8, reason: 'cannot be read' },
      { key: 'ann', position: 9, reason: null },
    ]);
    const { dropped, registry_dead_letters: letters } = await views.rows('dropped', 'registry_dead_letters');
    expect(dropped).toEqual([{ position: 2 }]);
    expect(letters).toContainEqual(
      expect.objectContaining({ position: 2, dropped_at: 10, reason: expect.any(String) }),
    );
  });

  it('is not dropped by a skip that names another, nor by one that comes late', async () => {
    const owner = await views.owner(notesFold(views.namespace));
    const skip = ask({ key: 'ann', control: 'skip', position: 2 });
    const records = logOf([
      ...story('throws'),
      ask({ key: 'ann', control: 'skip', position: 4 }),
      ask({ key: 'bob', control: 'skip', position: 2 }),
      skip,
      ['ann', 'unreadable'],
      skip,
      ask({ key: 'ann', control: 'skip', position: 2 }),
    ]);
    await owner.apply(records.slice(0, 10));
    expect(await views.waiting()).toHaveLength(3);
    await owner.apply(records.slice(10));
    expect(await views.waiting()).toEqual([{ key: 'ann', position: 11, reason: 'cannot be read' }]);
    expect((await views.rows('dropped')).dropped).toEqual([{ position: 2 }]);
  });

  it('is taken up once by a retry that is delivered twice, and by one that nothing waits for', async () => {
    const retry = ask({ key: 'ann', limit: 2 });
    const records = logOf([
      ...story('throws'),
      retry,
      retry,
      ask({ key: 'bob' }),
      ask({ key: 'nobody' }),
      ['bob', 'b4'],
    ]);
    await (await views.owner(notesFold(views.namespace))).apply(records.slice(0, 8));
    await (await views.owner(notesFold(views.namespace, { mended: true }))).apply(records.slice(8));
    expect(await views.waiting()).toEqual([{ key: 'ann', position: 6, reason: expect.stringMatching(/not tried/) }]);
    expect(await views.applied()).toEqual(['a1', 'b1', 'throws', 'b2', 'a3', 'c1', 'b3', 'b4']);
  });

  it('is set aside, and taken up, once when two owners come to it at the same moment', async () => {
    const records = logOf([...story('throws'), ...story('refused'), ask({ key: 'ann' }), ['ann', 'last']]);
    const unable = () => views.owner(notesFold(views.namespace, { batch: 3 }));
    const mended = () => views.owner(notesFold(views.namespace, { mended: true, batch: 3 }));
    const [one, two] = [await unable(), await unable()];
    await Promise.all([one.apply(records.slice(0, 14)), two.apply(records.slice(0, 14))]);
    expect((await views.waiting()).map(({ position }) => position)).toEqual([2, 4, 6, 8, 10, 12]);
    const [three, four] = [await mended(), await mended()];
    await Promise.all([three.apply(records.slice(14)), four.apply(records.slice(14))]);
    expect(await views.rows(...NOTES_TABLES, 'registry_dead_letters')).toEqual(
      await withoutPoison(records, [...NOTES_TABLES, 'registry_dead_letters']),
    );
  });

  it('is taken up once when the connection breaks in the middle', async () => {
    const records = logOf([...story('throws'), ask({ key: 'ann' }), ['ann', 'a5']]);
    await (await views.owner(notesFold(views.namespace))).apply(records.slice(0, 8));
    const mended = notesFold(views.namespace, { mended: true });
    let broken = 0;
    const unlucky = await views.owner({
      ...mended,
      prepare: async (partition, all) => {
        const write = await mended.prepare(partition, all);
        return async (tx) => {
          const done = await write(tx);
          const pid = 'SELECT pg_backend_pid() AS pid';
          const { rows } = await tx.query<{ pid: number }>(pid);
          if (broken++ < 2) await views.postgres.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
          return done;
        };
      },
    });
    await unlucky.apply(records.slice(8));
    expect(broken).toBe(4);
    expect(await views.rows(...NOTES_TABLES)).toEqual(await withoutPoison(records));
  });

  it('is counted where it is a control record of a kind that is not known, which changes nothing', async () => {
    const strange = ['{"control":"explode"}', '{"control":', '{"control":"retry","id":1}', '{"control":"skip"}'];
    const owner = await views.owner(notesFold(views.namespace));
    const records = logOf([...story('throws'), ...strange.map((value) => ['ann', value] as const), ['bob', 'b4']]);
    const before = await unknownControls();
    await owner.apply(records);
    expect((await unknownControls()) - before).toBe(strange.length);
    expect(await views.waiting()).toHaveLength(3);
    expect(await views.applied()).toContain('b4');
    expect((await views.rows('registry_controls')).registry_controls).toEqual([]);
  });

  it('waits on where newer code asks for it in a way that is not known, at which the projector stops', async () => {
    const owner = await views.owner(notesFold(views.namespace));
    const [, newer] = ask({ key: 'ann' });
    const records = logOf([...story('throws'), ['ann', newer.replace('retry', 'replace')], ['bob', 'b4']]);
    await expect(owner.apply(records)).rejects.toThrow(
      /"replace" of an operator at position 8 .* update the projector/,
    );
    expect(await views.position()).toBe(8);
    expect(await views.waiting()).toHaveLength(3);
  });

  it('gives the same rows at a rebuild, with the same retries and skips', async () => {
    const records = logOf([
      ...story('throws'),
      ask({ key: 'ann' }),
      ...story('unreadable'),
      ask({ key: 'ann', control: 'skip', position: 2, limit: 2 }),
      ...story('late'),
      ask({ key: 'ann', limit: 3 }),
      ask({ key: 'ann', control: 'skip', position: 11 }),
    ]);
    const live = await views.owner(notesFold(views.namespace, { batch: 2 }));
    for (const record of records) await live.apply([record]);
    const before = await views.rows(...NOTES_TABLES, ...PARKING_TABLES);
    expect(Object.keys(before).filter((table) => before[table]!.length === 0)).toEqual(['bound']);
    await views.drop();
    const rebuilding = await views.owner(notesFold(views.namespace, { batch: 7 }));
    await rebuilding.apply(records);
    expect(await views.rows(...NOTES_TABLES, ...PARKING_TABLES)).toEqual(before);
  });

  it('leaves the same rows whatever the batches, the owners and the moment', async () => {
    const key = fc.constantFrom('ann', 'bob', 'cid');
    const value = fc.constantFrom('fine', 'good', ...WAYS_TO_FAIL);
    const note = fc.tuple(key, value);
    const retry = fc.tuple(key, fc.integer({ min: 1, max: 4 })).map(([key, limit]) => ask({ key, limit }));
    const skip = fc
      .tuple(key, fc.nat({ max: 20 }), fc.integer({ min: 1, max: 4 }))
      .map(([key, position, limit]) => ask({ control: 'skip', key, position, limit }));
    const entries = fc.array(fc.oneof({ weight: 5, arbitrary: note }, retry, skip), { minLength: 1, maxLength: 40 });
    const runs = fc.tuple(entries, fc.integer({ min: 1, max: 9 }), fc.nat({ max: 40 }));
    await fc.assert(
      fc.asyncProperty(runs, async ([given, batch, middle]) => {
        const records = logOf(given);
        const rows = async (run: (owner: (batch: number) => Promise<HandFed>) => Promise<void>) => {
          const other = projecting(process.env.DATABASE_URL!);
          try {
            await run((size) => other.owner(notesFold(other.namespace, { batch: size })));
            return await other.rows(...NOTES_TABLES, ...PARKING_TABLES);
          } finally {
            await other.close();
          }
        };
        const oneByOne = await rows(async (owner) => {
          const only = await owner(1);
          for (const record of records) await only.apply([record]);
        });
        const together = await rows(async (owner) => {
          const [one, two] = [await owner(batch), await owner(batch + 2)];
          await Promise.all([one.apply(records.slice(0, middle)), two.apply(records.slice(0, middle))]);
          await (await owner(batch)).apply(records.slice(middle));
          await two.apply(records);
        });
        expect(together).toEqual(oneByOne);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

async function unknownControls(): Promise<number> {
  const metric = await metrics.getSingleMetric('tidemark_unknown_controls_total')!.get();
  return metric.values.reduce((sum, { value }) => sum + value, 0);
}
