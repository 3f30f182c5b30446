import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EventLog, LogUnavailable } from '#event-sourcing';
import { eventually } from '../../../test/support/eventually.js';
import { type LogSink } from './kafka-client.js';
import { kafkaEventLog } from './kafka-event-log.js';
import { KafkaProducer } from './kafka-producer.js';
import { partitionFor } from './partitions.js';
import { PreparedTopic } from './prepared-topic.js';

const quiet: LogSink = { info: () => undefined, warn: () => undefined, error: () => undefined };
const options = { brokers: process.env.KAFKA_BROKERS!.split(','), clientId: 'producer', logger: quiet };

let log: EventLog;
let producer: KafkaProducer;
let doubted: string[];
const name = `producer-${randomUUID()}`;

/** The topic has one partition where four are thought to be. */
beforeEach(async () => {
  log = kafkaEventLog(options);
  await log.prepare([{ name, partitions: 1 }]);
  const topic = new PreparedTopic({ name, partitions: 4 }, new Map());
  doubted = [];
  const check = async (topic: string) => void doubted.push(topic);
  producer = new KafkaProducer(options, { get: () => topic, writable: () => topic, check, names: [name] });
});
afterEach(async () => {
  await producer.close();
  await log.close();
});

test('an append to a partition that is not there has failed, though the send that it was in succeeded', async () => {
  const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
  const [there, gone] = [0, 3].map((partition) => keys.find((key) => partitionFor(key, 4) === partition)!);
  const stored = producer.append(name, [{ key: there!, value: 'stored' }]);
  const lost = producer.append(name, [{ key: gone!, value: 'lost' }]);
  await expect(lost).rejects.toThrow(LogUnavailable);
  await expect(lost).rejects.toHaveProperty('cause.message', `no broker's answer names ${name}/3`);
  await stored;
  expect((await log.extents(name)).get(0)).toEqual({ low: 0, high: 1 });
  await eventually(() => expect(doubted).toEqual([name]));
});
