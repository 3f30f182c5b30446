import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { type EventLog, type LogRecord, type Subscription } from '#event-sourcing';
import { eventually } from '../../../../test/support/eventually.js';
import { boundedLog, Bounds } from './bounded-log.js';

const records = (from: number, to: number, time = (offset: number) => offset): LogRecord[] =>
  Array.from({ length: to - from }, (_, at) => {
    const offset = from + at;
    return { partition: 0, offset, key: 'demo', value: Buffer.alloc(0), time: time(offset) };
  });

/** A consumer of one partition behind bounds, and what it was given. */
async function behind(bounds: Bounds, slice = Infinity) {
  const given: number[] = [];
  const parts: number[] = [];
  let subscription: Subscription | undefined;
  const log = { consume: async (taken: Subscription) => void (subscription = taken) } as unknown as EventLog;
  const pace = { slice, run: <T>(work: () => Promise<T>) => work() };
  await boundedLog(log, { bounds, pace, capped: false }).consume({
    topic: 'a',
    group: 'b',
    startAt: async () => new Map(),
    apply: async (_, part) => {
      given.push(...part.map(({ offset }) => offset));
      parts.push(part.length);
    },
  });
  let owned = true;
  const apply = (part: LogRecord[]) => subscription!.apply(0, part, () => owned);
  return { given, parts, apply, lose: () => (owned = false) };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a log with bounds', () => {
  it('gives what stands before them, and the rest when they have moved on', async () => {
    const bounds = new Bounds(new Map([[0, 3]]));
    const { given, apply } = await behind(bounds);
    const applied = apply(records(0, 10));
    await eventually(() => expect(given).toEqual([0, 1, 2]));
    bounds.moveTo(new Map([[0, 5]]));
    await eventually(() => expect(given).toEqual([0, 1, 2, 3, 4]));
    bounds.moveTo(new Map([[0, 100]]));
    await applied;
    expect(given).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives it in parts of the size that the pace has room for', async () => {
    const { apply, parts } = await behind(new Bounds(new Map([[0, 5]])), 2);
    void apply(records(0, 6));
    await eventually(() => expect(parts).toEqual([2, 2, 1]));
  });

  it.each(['close', 'lose'] as const)('holds nobody up who leaves (%s)', async (how) => {
    const bounds = new Bounds(new Map([[0, 3]]));
    const { given, apply, lose } = await behind(bounds);
    const applied = apply(records(0, 10));
    await eventually(() => expect(given).toHaveLength(3));
    if (how === 'close') bounds.close();
    else lose();
    await applied;
    expect(given).toEqual([0, 1, 2]);
  });

  it('ends a partition before the first record that the log took after a moment, whatever comes then', async () => {
    const bounds = new Bounds(new Map([[0, 100]]), 5);
    const { given, apply } = await behind(bounds);
    const applied = apply(records(0, 10, (offset) => (offset === 8 ? 1 : offset)));
    await eventually(() => expect(bounds.all.get(0)).toBe(6));
    bounds.close();
    await applied;
    expect(given).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('keeps nothing of those who waited for a bound that did not move', async () => {
    const bounds = new Bounds(new Map());
    const wait = () => Promise.all(Array.from({ length: 20_000 }, () => bounds.change()));
    await wait();
    const before = heapInUse();
    await wait();
    expect(heapInUse() - before).toBeLessThan(2_000_000);
  });
});
