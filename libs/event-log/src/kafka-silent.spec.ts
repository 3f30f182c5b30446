import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventLog, LogUnavailable } from '#event-sourcing';
import { kafkaEventLog } from './index.js';
import { RecordingView } from '../test/recording-view.js';

/** Accepts connections and never says a word, as a broker does whose port is open and which is not up yet. */
describe('a log that takes connections and does not answer', () => {
  let silent: Server;
  let sockets: Socket[];
  let log: EventLog;
  let told: unknown[];
  let address: string;

  beforeEach(async () => {
    sockets = [];
    silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    told = [];
    const hear = (entry: object | string) => void told.push(entry);
    const logger = { info: hear, warn: hear, error: hear };
    log = kafkaEventLog({ brokers: [address], clientId: 'silent', logger, prepareTimeoutMs: 4_000 });
  });
  afterEach(async () => {
    await log.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('is waited for as long as allowed, which is said meanwhile and at the end, with topic and address', async () => {
    const preparing = log.prepare([{ name: 'never', partitions: 1 }]);
    await expect(preparing).rejects.toThrow(LogUnavailable);
    await expect(preparing).rejects.toThrow(
      `waited 4 s (TIDEMARK_START_TIMEOUT) for topic never of the log at ${address}: no answer within`,
    );
    await expect(preparing).rejects.toHaveProperty('cause.message');
    expect(told).toContainEqual(expect.stringContaining(`waiting for topic never of the log at ${address}`));
  });

  test('is an outage to whoever asks for its extents, in bounded time', async () => {
    await expect(log.extents('never')).rejects.toThrow(LogUnavailable);
  });

  test('lets a consumer that waits for it be stopped', async () => {
    const consumption = await log.consume(new RecordingView().subscription('never', 'nobody'));
    await once(silent, 'connection');
    await consumption.stop();
    await consumption.ended;
  });
});
