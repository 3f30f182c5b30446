import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventLog, LogMismatch, LogUnavailable, type NewRecord } from '#event-sourcing';
import { eventually } from '../../../test/support/eventually.js';
import { describeConsumption } from './consumption.contract.js';
import { RecordingView } from './recording-view.js';

/** What every `EventLog` promises. `makeLog` gives a new client of one and the same log each time. */
export function describeEventLog(name: string, makeLog: () => Promise<EventLog>): void {
  describeConsumption(name, makeLog);

  describe(`${name}: a log`, () => {
    let log: EventLog;
    let topic: string;

    beforeEach(async () => {
      log = await makeLog();
      topic = `contract-${randomUUID()}`;
      await log.prepare([{ name: topic, partitions: 4 }]);
    });
    afterEach(() => log.close());

    const numbered = (count: number, key = (n: number) => `key-${n % 7}`): NewRecord[] =>
      Array.from({ length: count }, (_, n) => ({ key: key(n), value: `value-${n}` }));
    const consume = (view: RecordingView, group = randomUUID()) => log.consume(view.subscription(topic, group));
    const readAll = async (count: number): Promise<RecordingView> => {
      const view = new RecordingView();
      const consumption = await consume(view);
      await eventually(() => expect(view.records.length).toBeGreaterThanOrEqual(count));
      await consumption.stop();
      return view;
    };

    describe('append', () => {
      test('keeps the records of a key in order', async () => {
        for (let n = 0; n < 20; n++) await log.append(topic, [{ key: 'ada', value: `${n}` }]);
        await log.append(
          topic,
          Array.from({ length: 5000 }, (_, n) => ({ key: 'ada', value: `${n + 20}` })),
        );
        const view = await readAll(5020);
        expect(view.values()).toEqual(Array.from({ length: 5020 }, (_, n) => `${n}`));
      });

      test('keeps a key in one partition, the one that partitionOf tells', async () => {
        await log.append(topic, numbered(100));
        await log.append(topic, numbered(100));
        for (const { key, partition } of (await readAll(200)).records) {
          expect(partition).toBe(log.partitionOf(topic, key));
        }
      });

      test('tells the same partition of a key to every client', async () => {
        const other = await makeLog();
        await other.prepare([{ name: topic, partitions: 4 }]);
        for (const key of ['', 'ada', 'größer', '日本/42', randomUUID()]) {
          expect(other.partitionOf(topic, key)).toBe(log.partitionOf(topic, key));
        }
        await other.close();
      });

      test('has stored a record that it acknowledged, for whoever reads it afterwards', async () => {
        const other = await makeLog();
        await log.append(topic, [{ key: 'ada', value: 'registered' }]);
        const extents = [...(await other.extents(topic)).values()];
        expect(extents.reduce((sum, { high }) => sum + high, 0)).toBe(1);
        expect((await readAll(1)).values()).toEqual(['registered']);
        await other.close();
      });

      test('stores each record of concurrent appends once', async () => {
        const appends = Array.from({ length: 200 }, (_, a) =>
          Array.from({ length: 25 }, (_, n) => ({ key: `key-${n}`, value: `${a}/${n}` })),
        );
        await Promise.all(appends.map((records) => log.append(topic, records)));
        const view = await readAll(5000);
        expect(view.values().sort()).toEqual(
          appends
            .flat()
            .map(({ value }) => value)
            .sort(),
        );
      });

      test('keeps appends of a key in the order in which they were called, awaited or not', async () => {
        await Promise.all(Array.from({ length: 300 }, (_, n) => log.append(topic, [{ key: 'ada', value: `${n}` }])));
        expect((await readAll(300)).values()).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
      });

      test('takes an empty append', async () => {
        await log.append(topic, []);
      });

      test('takes records of 64 KiB and 5 MB at once', async () => {
        const value = (n: number) => Buffer.alloc(64 * 1024, n);
        const noise = randomBytes(64 * 1024);
        const records = Array.from({ length: 80 }, (_, n) => ({
          key: `key-${n % 3}`,
          value: n === 5 ? noise : value(n),
        }));
        await log.append(topic, records);
        const read = (await readAll(80)).records;
        for (const [key, all] of Object.entries(Object.groupBy(records, ({ key }) => key))) {
          const stored = read.filter((record) => record.key === key).map((record) => record.value);
          expect(Buffer.concat(stored).equals(Buffer.concat((all ?? []).map((record) => record.value)))).toBe(true);
        }
      });

      test('gives keys and values back byte for byte', async () => {
        const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
        const text = 'Zoë 日本語 🦑 \u0000 \n "quoted"';
        await log.append(topic, [
          { key: text, value: text },
          { key: text, value: binary },
          { key: text, value: '' },
        ]);
        const { records } = await readAll(3);
        expect(records.map(({ key }) => key)).toEqual([text, text, text]);
        expect(records.map(({ value }) => value)).toEqual([Buffer.from(text), binary, Buffer.alloc(0)]);
      });

      test('gives records the time at which the log took them, never decreasing within a partition', async () => {
        const before = Date.now();
        for (let n = 0; n < 30; n++) await log.append(topic, numbered(20));
        const after = Date.now();
        const { records } = await readAll(600);
        const latest = new Map<number, number>();
        for (const { partition, time } of records) {
          expect(time).toBeGreaterThanOrEqual(Math.max(before, latest.get(partition) ?? 0));
          expect(time).toBeLessThanOrEqual(after);
          latest.set(partition, time);
        }
      });

      test('refuses what comes after close, and sends what came before', async () => {
        const other = await makeLog();
        await other.prepare([{ name: topic, partitions: 4 }]);
        const appends = Array.from({ length: 50 }, () => other.append(topic, numbered(10)));
        await other.close();
        await Promise.all(appends);
        await expect(other.append(topic, numbered(1))).rejects.toThrow(LogUnavailable);
        expect((await readAll(500)).records).toHaveLength(500);
      });
    });

    describe('prepare', () => {
      test('takes a topic that exists, from several clients at once', async () => {
        const others = await Promise.all([makeLog(), makeLog(), makeLog()]);
        const wanted = [
          { name: topic, partitions: 4 },
          { name: `${topic}-new`, partitions: 2 },
        ];
        await Promise.all(others.map((other) => other.prepare(wanted)));
        expect((await log.extents(`${topic}-new`)).size).toBe(2);
        await Promise.all(others.map((other) => other.close()));
      });

      test('refuses a topic with another number of partitions', async () => {
        await expect(log.prepare([{ name: topic, partitions: 5 }])).rejects.toThrow(LogMismatch);
        expect((await log.extents(topic)).size).toBe(4);
      });
    });

    describe('extents', () => {
      test('tell what is stored in each partition', async () => {
        const records = numbered(100);
        await log.append(topic, records);
        const extents = await log.extents(topic);
        for (const [partition, { low, high }] of extents) {
          const stored = records.filter(({ key }) => log.partitionOf(topic, key) === partition);
          expect([low, high]).toEqual([0, stored.length]);
        }
        expect([...extents.keys()].sort()).toEqual([0, 1, 2, 3]);
      });

      test('of a topic that was never prepared are refused', async () => {
        await expect(log.extents(`${topic}-missing`)).rejects.toThrow(LogMismatch);
      });
    });
  });
}
