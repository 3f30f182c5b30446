import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventLog, type LogRecord, LogUnavailable, type NewRecord } from '#event-sourcing';
import { kafkaEventLog } from '#event-log';
import { eventually } from '../support/eventually.js';
import { LogProxy } from '../support/log-proxy.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? missing()).split(',');
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** The bound within which an append answers, and what a busy machine adds. */
const APPEND_BOUND_MS = 10_000 + 2_000;

function missing(): never {
  throw new Error('KAFKA_BROKERS is not set: run the tests with `npm test`, which starts a broker');
}

describe('appends through a line that loses answers', () => {
  let proxy: LogProxy;
  let log: EventLog;
  let topic: string;

  beforeEach(async () => {
    proxy = await LogProxy.before(brokers[0] ?? missing());
    log = kafkaEventLog({ brokers, clientId: 'faults', logger: quiet, socketFactory: proxy.socketFactory });
    topic = `faults-${randomUUID()}`;
    await log.prepare([{ name: topic, partitions: 4 }]);
  });
  afterEach(async () => {
    await log.close();
    await proxy.close();
  });

  test('an acknowledged record is stored, whichever answers were lost, and a key keeps its order', async () => {
    const writers = Array.from({ length: 16 }, (_, w) => ({ key: `writer-${w}`, acknowledged: [] as string[] }));
    const losing = loseAnswersNowAndThen(proxy, 15);
    await Promise.all(writers.map((writer) => writeUntil(log, topic, writer, () => proxy.dropped >= 15)));
    await losing;
    expect(proxy.dropped).toBe(15);

    await expectStored(topic, writers);
  });

  test('an acknowledged record is stored when an answer never comes and others wait behind it', async () => {
    const writers = Array.from({ length: 16 }, (_, w) => ({ key: `writer-${w}`, acknowledged: [] as string[] }));
    const writing = Promise.all(writers.map((writer) => writeUntil(log, topic, writer, () => proxy.dropped >= 2)));
    await eventually(() => expect(writers[0]?.acknowledged.length).toBeGreaterThan(20));
    proxy.swallowProduceAnswers(2);
    await writing;
    await expectStored(topic, writers);
  });

  test('a failed append is stored as a beginning of it or not at all, never with a gap', async () => {
    const records = Array.from({ length: 30_000 }, (_, n) => ({ key: 'ada', value: `${n}`.padEnd(100) }));
    for (let round = 0; round < 5; round++) {
      proxy.dropProduceAnswers(1);
      await expect(log.append(topic, records)).rejects.toThrow(LogUnavailable);
    }
    await log.append(topic, records);
    const stored = (await readAll(topic)).map(({ value }) => Number(value.toString()));
    stored.forEach((n, at) => expect(n === 0 || n === (stored[at - 1] ?? -1) + 1).toBe(true));
    expect(stored.slice(-30_000)).toEqual(records.map((_, n) => n));
  });

  test('says with LogUnavailable and its cause that an answer was lost', async () => {
    proxy.dropProduceAnswers(1);
    const append = log.append(topic, [{ key: 'ada', value: 'x' }]);
    await expect(append).rejects.toThrow(LogUnavailable);
    await expect(append).rejects.toHaveProperty('cause.message');
  });

  test('appends answer within their bound while the log is cut off, and work again afterwards', async () => {
    await log.append(topic, numbered(10));
    proxy.cut();
    const began = Date.now();
    const appends = Array.from({ length: 50 }, () => log.append(topic, numbered(10)));
    for (const append of appends) await expect(append).rejects.toThrow(LogUnavailable);
    expect(Date.now() - began).toBeLessThan(APPEND_BOUND_MS);
    proxy.restore();
    await eventually(() => log.append(topic, numbered(10)));
  });

  test('an append that waits for the log is stored when it comes back in time', async () => {
    proxy.cut();
    const append = log.append(topic, [{ key: 'ada', value: 'patient' }]);
    await eventually(() => expect(proxy.refused).toBeGreaterThan(3));
    proxy.restore();
    await append;
    expect((await readAll(topic)).map(({ value }) => value.toString())).toEqual(['patient']);
  });

  test('appends answer within their bound while the log takes requests and answers none', async () => {
    await log.append(topic, numbered(10));
    proxy.delayAnswers(60_000);
    const began = Date.now();
    const appends = Array.from({ length: 50 }, () => log.append(topic, numbered(10)));
    for (const append of appends) await expect(append).rejects.toThrow(LogUnavailable);
    expect(Date.now() - began).toBeLessThan(APPEND_BOUND_MS);
    proxy.delayAnswers(0);
    await eventually(() => log.append(topic, numbered(10)));
  });

  test('turns appends away at once when too much waits, and takes them again when that has gone', async () => {
    proxy.cut();
    const megabyte = Array.from({ length: 16 }, (_, n) => ({ key: `${n}`, value: Buffer.alloc(64 * 1024) }));
    const appends = Array.from({ length: 60 }, () => log.append(topic, megabyte));
    const waiting = Promise.allSettled(appends);
    const began = Date.now();
    await expect(Promise.all(Array.from({ length: 20 }, () => log.append(topic, megabyte)))).rejects.toThrow('waiting');
    expect(Date.now() - began).toBeLessThan(1_000);
    await waiting;
    proxy.restore();
    await eventually(() => log.append(topic, megabyte));
  });
});

function numbered(count: number): NewRecord[] {
  return Array.from({ length: count }, (_, n) => ({ key: `key-${n}`, value: `${n}` }));
}

/** Appends one record after the other and resends what was not acknowledged, as any caller must. */
async function writeUntil(
  log: EventLog,
  topic: string,
  { key, acknowledged }: { key: string; acknowledged: string[] },
  done: () => boolean,
): Promise<void> {
  while (!done() || acknowledged.length < 50) {
    const value = `${key}/${acknowledged.length}`;
    await eventually(() => log.append(topic, [{ key, value }]));
    acknowledged.push(value);
  }
}

async function loseAnswersNowAndThen(proxy: LogProxy, count: number): Promise<void> {
  for (let lost = 0; lost < count; lost++) {
    proxy.dropProduceAnswers(1);
    await eventually(() => expect(proxy.dropped).toBe(lost + 1));
  }
}

/** Every acknowledged record of a writer, in its order; resends may have stored some of them again. */
async function expectStored(topic: string, writers: readonly { key: string; acknowledged: string[] }[]): Promise<void> {
  const stored = await readAll(topic);
  for (const { key, acknowledged } of writers) {
    const values = stored.filter((record) => record.key === key).map(({ value }) => value.toString());
    expect([...new Set(values)]).toEqual(acknowledged);
  }
}

/** What is stored, read without the proxy. */
async function readAll(topic: string): Promise<LogRecord[]> {
  const log = kafkaEventLog({ brokers, clientId: 'reader', logger: quiet });
  const wanted = [...(await log.extents(topic)).values()].reduce((sum, { high }) => sum + high, 0);
  const records: LogRecord[] = [];
  await log.consume({
    topic,
    group: randomUUID(),
    startAt: async (partitions) => new Map(partitions.map((partition) => [partition, 0])),
    apply: async (_partition, next) => void records.push(...next),
  });
  await eventually(() => expect(records).toHaveLength(wanted));
  await log.close();
  return records;
}
