import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notesFold, WAYS_TO_FAIL } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { logOf, story } from '../test/stories.js';

describe('a record that cannot be applied', () => {
  let views: Projecting;
  beforeEach(() => void (views = projecting(process.env.DATABASE_URL!)));
  afterEach(() => views.close());

  it.each(WAYS_TO_FAIL)('parks its key and what follows of it, while others go on: %s', async (way) => {
    const owner = await views.owner(notesFold(views.namespace));
    await owner.apply(logOf(story(way)));
    expect(await views.applied()).toEqual(['a1', 'b1', 'b2', 'c1', 'b3']);
    expect(await views.waiting()).toEqual([
      { key: 'ann', position: 2, reason: expect.stringMatching(/read|function|violates/) },
      { key: 'ann', position: 4, reason: null },
      { key: 'ann', position: 6, reason: null },
    ]);
    expect(await views.position()).toBe(8);
  });

  it('keeps its key waiting after a restart, and for an owner that was there before', async () => {
    const records = logOf([...story('throws'), ...story('a9')].map(([key, value], n) => [key, `${value} ${n}`]));
    const [early, late] = [
      await views.owner(notesFold(views.namespace)),
      await views.owner(notesFold(views.namespace)),
    ];
    await early.start();
    await late.start();
    await early.apply(records.slice(0, 2));
    await late.apply(records.slice(2, 7));
    await early.apply(records.slice(2, 12));
    const restarted = await views.owner(notesFold(views.namespace));
    expect((await restarted.start()).get(0)).toBe(12);
    await restarted.apply(records.slice(12));
    await late.apply(records.slice(7));
    expect((await views.waiting()).map(({ position }) => position)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect((await views.applied()).length).toBe(9);
  });

  it('waits no longer where another generation has taken the place of the views, in which it could be applied', async () => {
    const records = logOf(story('throws'));
    const owner = await views.owner(notesFold(views.namespace));
    await owner.apply(records.slice(0, 5));
    expect(await views.waiting()).toHaveLength(2);
    await views.postgres.query('DELETE FROM registry_dead_letters');
    await views.postgres.query('UPDATE registry_generation SET id = gen_random_uuid()');
    await owner.apply(records.slice(5));
    expect(await views.applied()).toEqual(['a1', 'b1', 'b2', 'c1', 'a4', 'b3']);
    expect(await views.waiting()).toEqual([]);
  });

  it('stops the projector where there are too many, with the position held, and goes on where more are let be', async () => {
    const records = logOf([...'abcde'].map((key) => [key, 'throws'] as const));
    const strict = await views.owner(notesFold(views.namespace), { maxDeadLetters: 3 });
    await expect(strict.apply(records)).rejects.toThrow(
      /^4 records of registry could not be applied, which is more than TIDEMARK_MAX_DEAD_LETTERS \(3\)/,
    );
    expect(await views.position()).toBe(3);
    expect(await views.waiting()).toHaveLength(3);
    await (await views.owner(notesFold(views.namespace), { maxDeadLetters: 5 })).apply(records.slice(3));
    expect(await views.position()).toBe(5);
  });

  it('stops the projector where the fold says that nothing may be passed over', async () => {
    const owner = await views.owner(notesFold(views.namespace));
    await expect(
      owner.apply(
        logOf([
          ['ann', 'a1'],
          ['bob', 'stop'],
        ]),
      ),
    ).rejects.toThrow('not by this code');
    expect(await views.position()).toBe(0);
    expect(await views.waiting()).toEqual([]);
  });

  it('is none where newer code wrote it: what stands before it is applied, and code that knows it goes on from there', async () => {
    const records = logOf(story('newer'));
    const owner = await views.owner(notesFold(views.namespace));
    for (let start = 0; start < 2; start += 1) {
      const rest = records.slice(await views.position());
      await expect(owner.apply(rest)).rejects.toThrow(
        'a note at position 2 of partition 0 was written by newer code than this: update the projector',
      );
      expect(await views.position()).toBe(2);
    }
    expect(await views.applied()).toEqual(['a1', 'b1']);
    expect(await views.waiting()).toEqual([]);
    await (await views.owner(notesFold(views.namespace, { mended: true }))).apply(records.slice(2));
    expect(await views.applied()).toEqual(['a1', 'b1', 'newer', 'b2', 'a3', 'c1', 'a4', 'b3']);
  });

  it('is none when it is the server or the views that fail', async () => {
    const fold = notesFold(views.namespace);
    const owner = await views.owner(fold);
    await views.postgres.query('ALTER TABLE notes RENAME TO elsewhere');
    await expect(owner.apply(logOf(story('a2')))).rejects.toMatchObject({ code: '42P01' });
    await views.postgres.query('ALTER TABLE elsewhere RENAME TO notes');
    expect(await views.position()).toBe(0);
    expect(await views.waiting()).toEqual([]);
  });

  it('may have any key, and the key waits for itself alone', async () => {
    const keys = ['', 'with\0nul', 'x'.repeat(100_000), `${'x'.repeat(100_000)}y`, '"\\{}', 'ünïcödé 😀', 'fine'];
    const owner = await views.owner(notesFold(views.namespace));
    const bad = keys.slice(0, -1);
    const rounds = [bad.map((key) => [key, 'throws'] as const), keys.map((key) => [key, 'after'] as const)];
    await owner.apply(logOf(rounds.flat()));
    expect(await views.applied()).toEqual(['after']);
    const lines = await views.waiting();
    expect(new Set(lines.map(({ key }) => key)).size).toBe(bad.length);
    expect(lines.filter(({ reason }) => reason === null)).toHaveLength(bad.length);
  });

  it.each(WAYS_TO_FAIL)('is found among hundreds that are good, of which none is set aside: %s', async (way) => {
    const records = logOf(Array.from({ length: 400 }, (_, n) => [`key-${n}`, n % 100 === 77 ? way : `n${n}`] as const));
    const owner = await views.owner(notesFold(views.namespace, { batch: 150 }));
    await owner.apply(records);
    expect((await views.waiting()).map(({ position }) => position)).toEqual([77, 177, 277, 377]);
    expect(await views.applied()).toHaveLength(396);
  });

  it('is found among thousands that are as bad', async () => {
    const records = logOf(
      Array.from({ length: 2_000 }, (_, n) => [`key-${n % 700}`, n % 700 < 600 ? 'unreadable' : `good ${n}`] as const),
    );
    const owner = await views.owner(notesFold(views.namespace, { batch: 500 }));
    await owner.apply(records);
    expect((await views.waiting()).filter(({ reason }) => reason !== null)).toHaveLength(600);
    expect(await views.applied()).toHaveLength(records.filter(({ value }) => value.toString() !== 'unreadable').length);
  });
});
