import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventLog, type LogRecord, type Subscription } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { eventually } from '../support/eventually.js';
import { LogProxy } from '../support/log-proxy.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? missing()).split(',');

function missing(): never {
  throw new Error('KAFKA_BROKERS is not set: run the tests with `npm test`, which starts a broker');
}

/** Positions and records of a group's consumers, as their database would keep them: the first to come is right. */
class Store {
  readonly values: string[] = [];
  readonly positions = new Map<number, number>();

  startAt = async (partitions: readonly number[]) => new Map(partitions.map((p) => [p, this.positions.get(p) ?? 0]));

  take(partition: number, records: readonly LogRecord[]): void {
    if (records[0]?.offset !== (this.positions.get(partition) ?? 0)) return;
    this.values.push(...records.map(({ value }) => value.toString()));
    this.positions.set(partition, (records.at(-1)?.offset ?? 0) + 1);
  }
}

describe('consumers of a group', () => {
  let proxy: LogProxy;
  let cutOff: EventLog;
  let direct: EventLog;
  let topic: string;
  let group: string;
  let store: Store;
  let told: (string | undefined)[];

  beforeEach(async () => {
    proxy = await LogProxy.before(brokers[0] ?? missing());
    told = [];
    const hear = (_entry: object | string, message?: string) => void told.push(message);
    const options = { brokers, clientId: 'faults', logger: { info: hear, warn: hear, error: hear } };
    cutOff = kafkaEventLog({ ...options, socketFactory: proxy.socketFactory });
    direct = kafkaEventLog(options);
    topic = `faults-${randomUUID()}`;
    group = randomUUID();
    store = new Store();
    await direct.prepare([{ name: topic, partitions: 4 }]);
  });
  afterEach(async () => {
    await Promise.all([cutOff.close(), direct.close()]);
    await proxy.close();
  });

  const subscription = (apply: Subscription['apply']): Subscription => ({
    topic,
    group,
    startAt: store.startAt,
    apply,
  });
  const take = () => subscription(async (partition, records) => store.take(partition, records));
  const append = (from: number, count: number) =>
    direct.append(
      topic,
      Array.from({ length: count }, (_, n) => ({ key: `${from + n}`, value: `${from + n}` })),
    );
  const expectAll = (count: number) =>
    eventually(() =>
      expect(store.values.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n)),
    );

  test('go on when the log was out of reach for longer than it is retried, each record applied once', async () => {
    const consumption = await cutOff.consume(take());
    await append(0, 100);
    await expectAll(100);
    proxy.cut();
    await append(100, 100);
    await eventually(() => expect(told).toContain('the consumer lost the log'));
    proxy.restore();
    await expectAll(200);
    await consumption.stop();
    await consumption.ended;
  });

  test('take over from a member that went silent, which then applies nothing and comes back', async () => {
    const blocked = { entered: false, stillOwned: true };
    const slow = await cutOff.consume(
      subscription(async (partition, records, stillOwned) => {
        if (!blocked.entered) {
          blocked.entered = true;
          await eventually(() => expect(stillOwned()).toBe(false));
          blocked.stillOwned = false;
          return;
        }
        store.take(partition, records);
      }),
    );
    await slow.joined;
    await append(0, 100);
    await eventually(() => expect(blocked.entered).toBe(true));
    proxy.cut();
    const other = await direct.consume(take());
    await expectAll(100);
    expect(blocked.stillOwned).toBe(false);
    proxy.restore();
    await append(100, 100);
    await expectAll(200);
    await Promise.all([slow.stop(), other.stop()]);
  });

  test('keep their partitions through an apply that is longer than the session', async () => {
    const began = Date.now();
    let calls = 0;
    let lost = false;
    const consumption = await direct.consume(
      subscription(async (partition, records, stillOwned) => {
        calls += 1;
        await eventually(() => expect(Date.now() - began).toBeGreaterThan(13_000));
        lost ||= !stillOwned();
        store.take(partition, records);
      }),
    );
    await direct.append(topic, [{ key: 'ada', value: '0' }]);
    await expectAll(1);
    expect([calls, lost]).toEqual([1, false]);
    await consumption.stop();
  });

  test('go on where an apply broke off because others joined', async () => {
    const entered: number[] = [];
    const first = await direct.consume(
      subscription(async (partition, records, stillOwned) => {
        entered.push(partition);
        if (entered.length === 1) await eventually(() => expect(stillOwned()).toBe(false));
        if (stillOwned()) store.take(partition, records);
      }),
    );
    await append(0, 100);
    await eventually(() => expect(entered).not.toEqual([]));
    const second = await direct.consume(take());
    await expectAll(100);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('go on where an apply broke off because a heartbeat failed, though nobody else joined', async () => {
    const held = { entered: 0, brokeOff: false };
    const consumption = await cutOff.consume(
      subscription(async (partition, records, stillOwned) => {
        if (partition === direct.partitionOf(topic, 'slow') && (held.entered += 1) === 1) {
          await eventually(() => expect(stillOwned()).toBe(false));
          held.brokeOff = true;
          return;
        }
        store.take(partition, records);
      }),
    );
    await consumption.joined;
    const other = ['a', 'b', 'c', 'd', 'e'].find(
      (key) => direct.partitionOf(topic, key) !== direct.partitionOf(topic, 'slow'),
    )!;
    await direct.append(topic, [{ key: 'slow', value: '0' }]);
    await eventually(() => expect(held.entered).toBe(1));
    await direct.append(topic, [{ key: other, value: '1' }]);
    await eventually(() => expect(store.values).toEqual(['1']));
    proxy.refuseHeartbeats(true);
    await eventually(() => expect(held.brokeOff).toBe(true));
    proxy.refuseHeartbeats(false);
    await direct.append(topic, [{ key: 'slow', value: '2' }]);
    await expectAll(3);
    await consumption.stop();
    await consumption.ended;
  });
});
