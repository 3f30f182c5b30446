import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Consumption, type LogRecord } from '#event-sourcing';
import { createLogger, Namespace } from '#platform';
import { eventually } from '../../../../test/support/eventually.js';
import { noteLog, notes } from '../../test/note-log.js';
import { notesFold } from '../../test/notes.js';
import { type Projecting, projecting } from '../../test/projecting.js';
import { generationOf } from '../generation.js';
import { project } from '../projector.js';
import { allGenerations } from './generation-states.js';
import { replay, type ReplayOptions, type ReplayResources } from './replay.js';
import { type DerivedData, type ReplayedFold, ReplayRefused } from './replayed-fold.js';
import { dropOld } from './rollback.js';

const databaseUrl = process.env.DATABASE_URL!;
const logger = createLogger('test', 'silent');

describe('a replay of notes', () => {
  let views: Projecting;
  let log: LogRecord[];
  let live: Consumption | undefined;

  beforeEach(() => {
    views = projecting(databaseUrl);
    live = undefined;
    log = notes('one', 'two', 'three');
  });
  afterEach(async () => {
    await live?.stop();
    await views.close();
  });

  /** The live views show all of the log, and follow it. */
  async function goLive(maxDeadLetters?: number): Promise<void> {
    const { namespace, postgres } = views;
    const context = { log: noteLog(log), postgres, namespace, logger, maxDeadLetters };
    live = await project(notesFold(namespace, { batch: 5_000 }), context);
    await eventually(async () => expect(await views.position()).toBe(log.length));
  }

  const resources = (namespace = views.namespace): ReplayResources => {
    return { databaseUrl, log: noteLog(log), namespace, logger, onProgress: () => undefined };
  };
  const replayed = (more: Partial<ReplayedFold> = {}): ReplayedFold[] => {
    const fold = notesFold(views.namespace, { batch: 5_000 });
    return [{ fold, load: { fold, finish: [] }, ...more }];
  };
  const run = (options: ReplayOptions = {}, more?: Partial<ReplayedFold>) =>
    replay(replayed(more), resources(), options);

  it('switches to views that equal the live ones', async () => {
    await goLive();
    expect(await run()).toMatchObject({ outcome: 'switched', views: [{ compared: { differences: [] } }] });
  });

  it('sets aside as many records as the live views have, however many the setting admits', async () => {
    const many = 10_001;
    log = notes(...Array.from({ length: many }, (_, n) => `unreadable ${n}`));
    await goLive(many);
    expect(await run()).toMatchObject({ outcome: 'switched' });
    expect(await views.waiting()).toHaveLength(many);
  });

  describe('with data outside of Postgres', () => {
    let kept: Set<string>;
    let equal: boolean;
    beforeEach(async () => {
      [kept, equal] = [new Set(), true];
      await goLive();
    });

    const difference = { view: 'registry', table: 'outside', environment: null, live: 1, built: 2, rows: [] } as const;
    /** Remembers of which generations there is any. */
    const derived: DerivedData = {
      build: async (of) => void kept.add(await generationOf(of, 'registry')),
      compare: async () => (equal ? [] : [difference]),
      keepOnly: async (ids) => void (kept = new Set([...kept].filter((id) => ids.includes(id)))),
    };
    const generations = async () => {
      const all = await allGenerations(views.postgres, views.namespace, 'registry');
      return all.map(({ id }) => id);
    };

    it('keeps nothing of what was only tried', async () => {
      expect(await run({ dryRun: true }, { derived })).toMatchObject({ outcome: 'compared' });
      expect([...kept]).toEqual([]);
    });

    it('keeps that of what was refused for as long as the views, which the next replay builds anew', async () => {
      equal = false;
      for (let turn = 0; turn < 2; turn += 1) {
        expect(await run({}, { derived })).toMatchObject({ outcome: 'unequal' });
        expect([...kept]).toHaveLength(1);
        expect(await generations()).toEqual(expect.arrayContaining([...kept]));
      }
    });
  });

  describe('as of a moment', () => {
    const of = async (schema: string) => (await views.postgres.query(`SELECT value FROM ${schema}.notes`)).rows;

    it('is built anew where the log may have reached it meanwhile', async () => {
      await goLive();
      const later = log.length;
      for (const length of [3, 4]) {
        const { outcome, views: built } = await run({ until: later });
        expect(outcome).toBe('built');
        expect(await of(built[0]!.schema)).toHaveLength(length);
        log.push(...notes('one', 'two', 'three', 'reached', 'too late').slice(log.length));
      }
    });
  });

  describe('of a log that ends before the live views', () => {
    beforeEach(async () => {
      await goLive();
      await live!.stop();
      log = notes('other');
    });

    it.each<ReplayOptions>([{}, { dryRun: true }, { environment: 'key0' }])(
      'is refused at once, with what to do (%j)',
      async (options) => {
        const refused = run(options);
        await expect(refused).rejects.toThrow(ReplayRefused);
        await expect(refused).rejects.toThrow(
          `stand at 3 of partition 0, where the log ends at 1: they are of another log, or it has lost records. ` +
            `To have those of this log, stop the projectors, drop the schema ${views.namespace.views('registry')} `,
        );
      },
    );

    it('leaves it to a projector to build them, once they are dropped', async () => {
      await views.postgres.query(`DROP SCHEMA ${views.namespace.views('registry')} CASCADE`);
      await goLive();
      expect(await views.applied()).toEqual(['other']);
      expect(await run()).toMatchObject({ outcome: 'switched' });
    });
  });

  describe('of newer code', () => {
    let newer: Namespace;
    beforeEach(async () => {
      const { name } = views.namespace;
      newer = new Namespace(name, { registry: views.namespace.version('registry') + 1, activities: 1 });
      await goLive();
    });

    it('lets go of views of the former version when those of its own are there, and not before', async () => {
      const refused = dropOld(replayed(), resources(newer));
      await expect(refused).rejects.toThrow(ReplayRefused);
      await expect(refused).rejects.toThrow(/registry are live in another version .* run "tidemark replay" first/);
      expect(await views.applied()).toHaveLength(3);
      expect(await replay(replayed(), resources(newer))).toMatchObject({ outcome: 'switched' });
      expect(await dropOld(replayed(), resources(newer))).toEqual([views.namespace.views('registry')]);
    });
  });
});
