import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Fold } from '#projections';
import { notesFold } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { logOf, story } from '../test/stories.js';
import { ofOneEnvironment } from './replay/one-environment.js';

describe('what a fold is told of the records that the checkpoint passes', () => {
  let views: Projecting;
  /** The positions that each write was of, and those that it was told to pass. */
  let told: { own: number[]; passed: number[] }[];
  beforeEach(() => {
    views = projecting(process.env.DATABASE_URL!);
    told = [];
  });
  afterEach(() => views.close());

  const listening = (): Fold => {
    const fold = notesFold(views.namespace, { batch: 10 });
    return {
      ...fold,
      async prepare(partition, records, passed = records) {
        const write = await fold.prepare(partition, records, passed);
        told.push({ own: records.map(({ offset }) => offset), passed: passed.map(({ offset }) => offset) });
        return write;
      },
    };
  };

  it('names those too that are set aside, or wait behind one', async () => {
    const owner = await views.owner(listening());
    const records = logOf([...story('unreadable'), ['ann', 'a5'], ['bob', 'b4']]);
    await owner.apply(records.slice(0, 8));
    await owner.apply(records.slice(8));
    expect(told).toContainEqual({ own: [0, 1, 3, 5, 7], passed: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(told).toContainEqual({ own: [9], passed: [8, 9] });
  });

  it('names those of other environments in a check of one', async () => {
    const fold = listening();
    const { load } = ofOneEnvironment({ fold, load: { fold, finish: [] } }, 'ann');
    const records = logOf([...story('a'), ['annabel', 'x'], ['ann/7', 'x']]);
    await load.fold.prepare(0, records);
    await load.fold.prepare(0, records.slice(0, 1), records.slice(0, 2));
    const own = records.filter(({ key }) => key === 'ann' || key === 'ann/7').map(({ offset }) => offset);
    expect(told[0]).toEqual({ own, passed: records.map(({ offset }) => offset) });
    expect(told[1]?.passed).toEqual([0, 1]);
  });
});
