import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventLog, type Subscription } from '#event-sourcing';
import { createLogger, Postgres, type Transaction } from '#platform';
import { notesFold } from '../test/notes.js';
import { type Projecting, projecting } from '../test/projecting.js';
import { logOf, story } from '../test/stories.js';
import { type Fold } from './fold.js';
import { project } from './projector.js';

type Failure = (tx: Transaction) => Promise<unknown>;

const thrown =
  (error: Error, more: object = {}): Failure =>
  () =>
    Promise.reject(Object.assign(error, more));
const raised =
  (state: string): Failure =>
  (tx) =>
    tx.query(`DO $$ BEGIN RAISE EXCEPTION 'told so' USING ERRCODE = '${state}'; END $$`);

describe('an outage', () => {
  let views: Projecting;
  beforeEach(() => void (views = projecting(process.env.DATABASE_URL!)));
  afterEach(() => views.close());

  /** A fold that fails so many times in a row, wherever its records stand, and then goes on. */
  function failing(times: number, failure: Failure): Fold {
    const fold = notesFold(views.namespace);
    let left = times;
    return {
      ...fold,
      prepare: async (partition, records) => {
        const write = await fold.prepare(partition, records);
        return async (tx) => {
          if (left-- > 0) await failure(tx);
          return write(tx);
        };
      },
    };
  }

  it.each<[string, Failure]>([
    ['EAI_AGAIN', thrown(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
    ['ENETUNREACH', thrown(new Error('connect ENETUNREACH'), { code: 'ENETUNREACH', syscall: 'connect' })],
    ['EHOSTDOWN', thrown(new Error('connect EHOSTDOWN'), { code: 'EHOSTDOWN', syscall: 'connect' })],
    ['a certificate', thrown(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' })],
    ['a lost connection', thrown(new Error('Connection terminated unexpectedly'))],
    ['a closed connection', thrown(new Error('Client was closed and is not queryable'))],
    ['a slow fetch', thrown(new TypeError('fetch failed', { cause: new Error('other side closed') }))],
    ['several addresses', thrown(new AggregateError([new Error('connect')]))],
    ['a serialization failure', raised('40001')],
    ['a deadlock', raised('40P01')],
    ['a time-out of idleness', raised('25P03')],
    ['a standby', raised('25006')],
    ['no more connections', raised('53300')],
    ['a lock', raised('55P03')],
    ['a statement that was ended', raised('57014')],
    ['an error of Postgres itself', raised('XX000')],
  ])('is waited for, however often, and no record is blamed for it: %s', async (_, failure) => {
    const owner = await views.owner(failing(3, failure));
    await owner.apply(logOf(story('a2')));
    expect(await views.applied()).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'c1', 'a4', 'b3']);
    expect(await views.waiting()).toEqual([]);
  });

  it.each<[string, Failure]>([
    ['a table that is not there', raised('42P01')],
    ['a column that is not there', raised('42703')],
    ['a schema that is not there', raised('3F000')],
    ['what is not allowed', raised('42501')],
  ])('that is the views themselves ends the projector, which begins with what is there: %s', async (_, failure) => {
    const owner = await views.owner(failing(1, failure));
    await expect(owner.apply(logOf(story('a2')))).rejects.toThrow('told so');
    expect(await views.position()).toBe(0);
    await owner.apply(logOf(story('a2')));
    expect(await views.waiting()).toEqual([]);
  });

  it('is no longer waited for when the partition went to another', async () => {
    let owned = true;
    const owner = await views.owner(
      failing(Infinity, () => {
        owned = false;
        return Promise.reject(new Error('Connection terminated unexpectedly'));
      }),
    );
    await owner.apply(logOf(story('a2')), () => owned);
    expect(await views.position()).toBe(0);
  });

  it('that happens once does not blame the record that comes in the way of a mistake that is gone', async () => {
    const owner = await views.owner(failing(1, thrown(new TypeError('note is not a function'))));
    await owner.apply(logOf([['ann', 'a1']]));
    expect(await views.applied()).toEqual(['a1']);
    expect(await views.waiting()).toEqual([]);
  });

  it.each(['stop', 'end'] as const)('is no longer waited for by one that is over: %s', async (how) => {
    let subscription: Subscription | undefined;
    const ended = Promise.withResolvers<void>();
    const log = {
      extents: async () => new Map(),
      consume: async (given: Subscription) => {
        subscription = given;
        return { joined: Promise.resolve(), ended: ended.promise, stop: async () => undefined };
      },
    } as unknown as EventLog;
    const { namespace } = views;
    const postgres = new Postgres(process.env.DATABASE_URL!, namespace);
    const context = { log, postgres, namespace, logger: createLogger('test', 'silent') };
    const consumption = await project(notesFold(namespace), context);
    if (how === 'stop') await consumption.stop();
    else ended.resolve();
    await postgres.close();
    await expect(subscription!.startAt([0])).rejects.toThrow(/after calling end/);
  });
});
