import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EventLog } from '#event-sourcing';
import { kafkaClient, type KafkaOptions } from './kafka-client.js';
import { kafkaEventLog } from './index.js';
import { RecordingView } from '../test/recording-view.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a consumer of a group whose other member neither works on nor leaves', () => {
  const topic = `busy-${randomUUID()}`;
  const group = randomUUID();
  const opened: Socket[] = [];
  const brokers = process.env.KAFKA_BROKERS!.split(',');
  const options: KafkaOptions = { brokers, clientId: 'tests', logger: quiet };
  const busy = kafkaClient(options).consumer({ groupId: group, sessionTimeout: 30_000, rebalanceTimeout: 60_000 });
  const entered = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  let log: EventLog;

  beforeAll(async () => {
    log = kafkaEventLog({
      ...options,
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect({ host, port }, onConnect);
        opened.push(socket);
        return socket;
      },
    });
    await log.prepare([{ name: topic, partitions: 1 }]);
    await log.append(topic, [{ key: 'ada', value: 'work' }]);
    await busy.connect();
    await busy.subscribe({ topic, fromBeginning: true });
    await busy.run({
      eachBatch: () => {
        entered.resolve();
        return finished.promise;
      },
    });
    await entered.promise;
  });
  afterAll(async () => {
    finished.resolve();
    await busy.disconnect();
    await log.close();
  });

  test('leaves no connection behind when it is stopped while it waits to be let in', async () => {
    const before = new Set(opened);
    const consumption = await log.consume(new RecordingView().subscription(topic, group));
    await consumption.stop();
    await consumption.ended;
    const its = opened.filter((socket) => !before.has(socket));
    expect(its.length).toBeGreaterThan(0);
    expect(its.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
