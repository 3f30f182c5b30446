import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Consumption, type EventLog, LogMismatch, LogUnavailable, type NewRecord } from '#event-sourcing';
import { eventually } from '../../../test/support/eventually.js';
import { gate, RecordingView } from './recording-view.js';

/** What every `EventLog` promises to consumers. */
export function describeConsumption(name: string, makeLog: () => Promise<EventLog>): void {
  describe(`${name}: a consumer of a log`, () => {
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

    test('applies records that are there and those that come', async () => {
      await log.append(topic, numbered(50));
      const view = new RecordingView();
      const consumption = await consume(view);
      await consumption.joined;
      await log.append(topic, numbered(50));
      await eventually(() => expect(view.records).toHaveLength(100));
      await consumption.stop();
      await consumption.ended;
    });

    test('begins at the positions that it is told', async () => {
      await log.append(topic, numbered(100));
      const extents = await log.extents(topic);
      const positions = [...extents].map(([partition, { high }]) => [partition, Math.floor(high / 2)] as const);
      const view = new RecordingView(positions);
      const consumption = await consume(view);
      const rest = [...extents.values()].reduce((sum, { high }) => sum + high - Math.floor(high / 2), 0);
      await eventually(() => expect(view.records).toHaveLength(rest));
      for (const [partition, from] of positions) {
        expect(view.offsets(partition)[0] ?? from).toBe(from);
      }
      await consumption.stop();
    });

    test('waits at the end of the log for what comes next', async () => {
      await log.append(topic, numbered(100));
      const view = new RecordingView([...(await log.extents(topic))].map(([p, { high }]) => [p, high]));
      const consumption = await consume(view);
      await consumption.joined;
      await log.append(topic, [{ key: 'ada', value: 'next' }]);
      await eventually(() => expect(view.values()).toEqual(['next']));
      await consumption.stop();
    });

    test('runs partitions side by side', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      await log.append(
        topic,
        keys.map((key) => ({ key, value: 'here' })),
      );
      const wanted = new Set(keys.map((key) => log.partitionOf(topic, key)));
      const entered = new Set<number>();
      const allEntered = gate();
      const view = new RecordingView([], async (partition) => {
        if (entered.add(partition).size >= Math.min(2, wanted.size)) allEntered.open();
        await allEntered.opened;
      });
      const consumption = await consume(view);
      await eventually(() => expect(view.records).toHaveLength(keys.length));
      await consumption.stop();
    });

    /** A view whose applies of one key's partition wait; `quick` is a key of another partition. */
    const heldUp = () => {
      const [slow = '', ...others] = Array.from({ length: 20 }, (_, n) => `key-${n}`);
      const quick = others.find((key) => log.partitionOf(topic, key) !== log.partitionOf(topic, slow)) ?? '';
      const hold = gate();
      const view = new RecordingView([], async (partition) => {
        if (partition === log.partitionOf(topic, slow)) await hold.opened;
      });
      const taken = (key: string) => view.offsets(log.partitionOf(topic, key)).length;
      const append = (key: string, count: number) =>
        log.append(
          topic,
          numbered(count, () => key),
        );
      return { slow, quick, hold, view, taken, append };
    };

    test('goes on with other partitions while one is held up, and with that one afterwards', async () => {
      const { slow, quick, hold, view, taken, append } = heldUp();
      const consumption = await consume(view);
      await consumption.joined;
      await append(slow, 10);
      await append(quick, 10);
      await eventually(() => expect(taken(quick)).toBe(10));
      await append(slow, 10);
      await append(quick, 10);
      await eventually(() => expect(taken(quick)).toBe(20));
      expect(taken(slow)).toBe(0);
      hold.open();
      await eventually(() => expect(taken(slow)).toBe(20));
      await append(slow, 10);
      await eventually(() => expect(taken(slow)).toBe(30));
      expect(view.isGapless()).toBe(true);
      await consumption.stop();
      await consumption.ended;
    });

    test('applies each record once where the group changes while a partition is held up', async () => {
      const { slow, quick, hold, view, taken, append } = heldUp();
      const group = randomUUID();
      const first = await consume(view, group);
      await first.joined;
      await append(slow, 10);
      await append(quick, 10);
      await eventually(() => expect(taken(quick)).toBe(10));
      // Whoever owns the partition next reads these in one batch with those that are being applied.
      await append(slow, 10);
      const second = await consume(view, group);
      await second.joined;
      await append(quick, 10);
      await eventually(() => expect(taken(quick)).toBe(20));
      hold.open();
      await append(slow, 10);
      await eventually(() => expect(taken(slow)).toBe(30));
      expect(view.isGapless()).toBe(true);
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all([first.ended, second.ended]);
    });

    test('shares partitions among the consumers of a group, each record applied by one', async () => {
      const view = new RecordingView();
      const group = randomUUID();
      const appending = appendInTurns(40, (n) =>
        log.append(
          topic,
          numbered(50, (r) => `key-${n}-${r}`),
        ),
      );
      const first = await consume(view, group);
      await first.joined;
      const second = await consume(view, group);
      await second.joined;
      await appending;
      await eventually(() => expect(view.records).toHaveLength(2000));
      expect(view.isGapless()).toBe(true);
      await Promise.all([first.stop(), second.stop()]);
      expect(view.records).toHaveLength(2000);
    });

    test('joins with nothing to do when the group has more consumers than partitions', async () => {
      await log.prepare([{ name: `${topic}-one`, partitions: 1 }]);
      const group = randomUUID();
      const view = new RecordingView();
      const consumptions: Consumption[] = [];
      for (let n = 0; n < 3; n++) consumptions.push(await log.consume(view.subscription(`${topic}-one`, group)));
      await Promise.all(consumptions.map(({ joined }) => joined));
      await log.append(`${topic}-one`, numbered(10));
      await eventually(() => expect(view.records).toHaveLength(10));
      await Promise.all(consumptions.map((consumption) => consumption.stop()));
    });

    test('hands its partitions over when it stops, and the other goes on at the stored positions', async () => {
      const view = new RecordingView();
      const group = randomUUID();
      const first = await consume(view, group);
      const second = await consume(view, group);
      await Promise.all([first.joined, second.joined]);
      await log.append(topic, numbered(400, String));
      await eventually(() => expect(view.records).toHaveLength(400));
      await first.stop();
      await first.ended;
      await log.append(topic, numbered(400, String));
      await eventually(() => expect(view.records).toHaveLength(800));
      expect(view.isGapless()).toBe(true);
      await second.stop();
    });

    test('tells a running apply that it is stopped, and waits for its end', async () => {
      const entered = gate();
      let ended = false;
      const view = new RecordingView([], async (_partition, stillOwned) => {
        entered.open();
        await eventually(() => expect(stillOwned()).toBe(false));
        ended = true;
      });
      await log.append(topic, [{ key: 'ada', value: 'slow' }]);
      const consumption = await consume(view);
      await entered.opened;
      await consumption.stop();
      expect(ended).toBe(true);
      await consumption.ended;
    });

    test('stops before it has joined', async () => {
      const consumption = await consume(new RecordingView());
      await consumption.stop();
      await consumption.ended;
    });

    test('ends with what apply threw, whatever it is, and applies nothing more', async () => {
      await log.append(topic, numbered(100));
      for (const thrown of [
        new Error('the view is broken'),
        new TypeError('x is not a function'),
        new LogUnavailable('inner'),
      ]) {
        let calls = 0;
        const view = new RecordingView([], async () => {
          calls += 1;
          throw thrown;
        });
        const consumption = await consume(view);
        await expect(consumption.ended).rejects.toBe(thrown);
        const callsAtEnd = calls;
        await log.append(topic, numbered(100));
        await consumption.stop();
        expect(calls).toBe(callsAtEnd);
      }
    });

    test('goes on where startAt says where an apply asks to start again', async () => {
      const view = new RecordingView();
      const consumption = await consume(view);
      await log.append(topic, numbered(40));
      await eventually(() => expect(view.records).toHaveLength(40));
      view.fallBackTo(0);
      await log.append(topic, numbered(40));
      await eventually(() => expect(view.records).toHaveLength(80));
      expect(view.isGapless()).toBe(true);
      await consumption.stop();
      await consumption.ended;
    });

    test('ends with what startAt threw', async () => {
      const subscription = new RecordingView().subscription(topic, randomUUID());
      const thrown = new Error('no positions');
      const consumption = await log.consume({ ...subscription, startAt: () => Promise.reject(thrown) });
      await expect(consumption.joined).rejects.toBe(thrown);
      await expect(consumption.ended).rejects.toBe(thrown);
    });

    test('ends with LogMismatch at a position outside the log, and applies nothing', async () => {
      await log.append(topic, numbered(100));
      for (const position of [1000, -1]) {
        const view = new RecordingView([0, 1, 2, 3].map((partition) => [partition, position]));
        const consumption = await consume(view);
        await expect(consumption.ended).rejects.toThrow(LogMismatch);
        expect(view.records).toEqual([]);
      }
    });

    test('ends with LogMismatch on a topic that was never prepared', async () => {
      const consumption = await log.consume(new RecordingView().subscription(`${topic}-missing`, randomUUID()));
      await expect(consumption.ended).rejects.toThrow(LogMismatch);
    });

    test('asks for positions again when it comes back to a group', async () => {
      const view = new RecordingView();
      const group = randomUUID();
      for (let round = 1; round <= 3; round++) {
        await log.append(topic, numbered(100, String));
        const consumption = await consume(view, group);
        await eventually(() => expect(view.records).toHaveLength(round * 100));
        await consumption.stop();
      }
      expect(view.isGapless()).toBe(true);
    });

    test('is ended by close', async () => {
      const other = await makeLog();
      const consumption = await other.consume(new RecordingView().subscription(topic, randomUUID()));
      await consumption.joined;
      await other.close();
      await consumption.ended;
    });
  });
}

async function appendInTurns(count: number, append: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < count; n++) await append(n);
}
