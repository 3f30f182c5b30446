import { describe, expect, test } from '@jest/globals';
import { LogMismatch, LogUnavailable } from '#event-sourcing';
import { type PartitionAnswer } from './idempotent-producer.js';
import { PartitionSend } from './partition-send.js';
import { PendingAppend } from './pending-append.js';
import { PreparedTopic } from './prepared-topic.js';

const NONE = new Map();

/** Three records, one in each of as many partitions, in one send. */
function sendOfThree() {
  const topic = new PreparedTopic({ name: 'log', partitions: 3 }, NONE);
  const appends = [0, 1, 2].map(
    (partition) => new PendingAppend('log', [{ key: 'ada', value: 'x' }], () => partition, 60_000),
  );
  const parts = appends.map(({ chunks }) => new PartitionSend(chunks, topic));
  const outcomes = Promise.all(appends.map(({ done }) => done.then(() => 'stored').catch((error: unknown) => error)));
  return { topic, parts, outcomes };
}

const answer = (partition: number, more: Partial<PartitionAnswer> = {}): PartitionAnswer => ({
  topic: 'log',
  partition,
  errorCode: 0,
  baseOffset: 7,
  ...more,
});

describe('what a send holds of a partition', () => {
  test('is stored where the answer names it', async () => {
    const { parts, outcomes } = sendOfThree();
    const answers = [answer(2), answer(0), answer(1)];
    expect(parts.map((part) => part.settle(answers))).toEqual([true, true, true]);
    expect(await outcomes).toEqual(['stored', 'stored', 'stored']);
  });

  test.each([
    ['leaves it out', []],
    ['names another topic', [answer(1, { topic: 'other' })]],
    ['has an error for it', [answer(1, { errorCode: 3 })]],
    ['tells no offset of it', [answer(1, { baseOffset: Number.NaN })]],
    ['tells that it has no offset', [answer(1, { baseOffset: -1 })]],
  ])('has failed where the answer %s, and the others of the send have not', async (_what, ofOne) => {
    const { parts, outcomes } = sendOfThree();
    const answers = [answer(0), ...ofOne, answer(2)];
    expect(parts.map((part) => part.settle(answers))).toEqual([true, false, true]);
    expect(await outcomes).toEqual(['stored', expect.any(LogUnavailable), 'stored']);
  });

  test('has failed where the answer shows another topic, which is refused from then on', async () => {
    const { topic, parts, outcomes } = sendOfThree();
    topic.sending(1)(7, 5);
    expect(sendOn(topic).settle([answer(1)])).toBe(false);
    expect(() => topic.assertSame()).toThrow(LogMismatch);
    for (const part of parts) part.fail(new Error('never sent'));
    await outcomes;
  });
});

function sendOn(topic: PreparedTopic) {
  const append = new PendingAppend('log', [{ key: 'ada', value: 'x' }], () => 1, 60_000);
  append.done.catch(() => undefined);
  return new PartitionSend(append.chunks, topic);
}
