import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { type EventLog, LogMismatch, LogUnavailable } from '#event-sourcing';
import { describeEventLog } from '../test/event-log.contract.js';
import { type LogSink } from './kafka-client.js';
import { kafkaEventLog } from './kafka-event-log.js';
import { RecordingView } from '../test/recording-view.js';
import { eventually } from '../../../test/support/eventually.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? missing()).split(',');
const quiet: LogSink = { info: () => undefined, warn: () => undefined, error: () => undefined };
const makeLog = async () => kafkaEventLog({ brokers, clientId: 'contract', logger: quiet });

function missing(): never {
  throw new Error('KAFKA_BROKERS is not set: run the tests with `npm test`, which starts a broker');
}

describeEventLog('Kafka', makeLog);

describe('a log on Kafka', () => {
  let log: EventLog;
  let topic: string;
  let admin: Admin;

  beforeEach(async () => {
    log = await makeLog();
    topic = `kafka-${randomUUID()}`;
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(() => Promise.all([log.close(), admin.disconnect()]));

  const create = (settings: Record<string, string>) =>
    admin.createTopics({
      topics: [
        { topic, numPartitions: 1, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) },
      ],
    });
  const exchange = async (partitions: number) => {
    await admin.deleteTopics({ topics: [topic] });
    const other = await makeLog();
    await other.prepare([{ name: topic, partitions }]);
    await other.close();
  };
  const asALog = {
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'message.timestamp.type': 'LogAppendTime',
  };

  test('takes a topic that somebody else has made into a log', async () => {
    await create(asALog);
    await log.prepare([{ name: topic, partitions: 1 }]);
  });

  test.each([
    ['forgets records by age', { 'retention.ms': '604800000' }],
    ['forgets records by size', { 'retention.bytes': '1000000' }],
    ['forgets records by key', { 'cleanup.policy': 'compact' }],
    ['has the times of its clients', { 'message.timestamp.type': 'CreateTime' }],
  ])('refuses a topic that %s, and says which setting to change', async (_what, setting) => {
    await create({ ...asALog, ...setting });
    const [name = ''] = Object.keys(setting);
    const refused = log.prepare([{ name: topic, partitions: 1 }]);
    await expect(refused).rejects.toThrow(LogMismatch);
    await expect(refused).rejects.toThrow(`--add-config ${name}=`);
  });

  test('ends with LogMismatch when the topic is made anew under a consumer', async () => {
    await log.prepare([{ name: topic, partitions: 1 }]);
    await log.append(
      topic,
      Array.from({ length: 100 }, (_, n) => ({ key: 'ada', value: `${n}` })),
    );
    const view = new RecordingView();
    const consumption = await log.consume(view.subscription(topic, randomUUID()));
    const ended = expect(consumption.ended).rejects.toThrow(LogMismatch);
    await eventually(() => expect(view.records).toHaveLength(100));
    await admin.deleteTopics({ topics: [topic] });
    await log.prepare([{ name: topic, partitions: 1 }]);
    await ended;
    expect(view.records).toHaveLength(100);
  });

  test('ends with LogMismatch when the topic is made anew with fewer partitions under a consumer', async () => {
    await log.prepare([{ name: topic, partitions: 4 }]);
    const view = new RecordingView();
    const consumption = await log.consume(view.subscription(topic, randomUUID()));
    const ended = expect(consumption.ended).rejects.toThrow(/4 partitions and has 1/);
    await consumption.joined;
    await exchange(1);
    await ended;
    expect(view.records).toEqual([]);
  });

  test.each([1, 4])(
    'confirms nothing that is not stored when the topic is made anew with %d partitions, and refuses appends from then on',
    async (partitions) => {
      await log.prepare([{ name: topic, partitions: 4 }]);
      const append = () =>
        log.append(
          topic,
          Array.from({ length: 20 }, (_, n) => ({ key: `key-${n}`, value: `${n}` })),
        );
      await append();
      await exchange(partitions);
      let confirmed = 0;
      await eventually(async () => {
        const appending = append().then(() => (confirmed += 20));
        await expect(appending).rejects.toThrow(LogUnavailable);
        await expect(appending).rejects.toHaveProperty('cause.name', 'LogMismatch');
      });
      await expect(log.extents(topic)).rejects.toThrow(LogMismatch);
      const other = await makeLog();
      const extents = [...(await other.extents(topic)).values()];
      await other.close();
      expect(extents.reduce((sum, { high }) => sum + high, 0)).toBeGreaterThanOrEqual(confirmed);
      expect(confirmed).toBe(0);
    },
  );

  test('goes on with a topic that was made anew once it has prepared that', async () => {
    await log.prepare([{ name: topic, partitions: 4 }]);
    await log.append(topic, [{ key: 'ada', value: 'former' }]);
    await exchange(4);
    await expect(log.extents(topic)).rejects.toThrow(LogMismatch);
    await log.prepare([{ name: topic, partitions: 4 }]);
    await log.append(topic, [{ key: 'ada', value: 'new' }]);
    expect(Math.max(...[...(await log.extents(topic)).values()].map(({ high }) => high))).toBe(1);
  });

  test('refuses a record that no send can hold, and goes on', async () => {
    await log.prepare([{ name: topic, partitions: 1 }]);
    await expect(log.append(topic, [{ key: 'ada', value: Buffer.alloc(1_000_000) }])).rejects.toThrow(RangeError);
    await log.append(topic, [{ key: 'ada', value: 'fits' }]);
  });

  test('refuses an append to a topic that was not prepared', async () => {
    await expect(log.append(topic, [{ key: 'ada', value: '' }])).rejects.toThrow('has not been prepared');
  });
});
