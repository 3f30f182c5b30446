import { describe, expect, test } from '@jest/globals';
import { type Extent, LogMismatch } from '#event-sourcing';
import { PreparedTopic } from './prepared-topic.js';

const extents = (...highs: number[]) =>
  new Map<number, Extent>(highs.map((high, partition) => [partition, { low: 0, high }]));
const prepared = (...highs: number[]) => new PreparedTopic({ name: 'log', partitions: 2 }, extents(...highs));
const answering =
  (...highs: number[]) =>
  async () =>
    extents(...highs);

describe('a topic that was prepared', () => {
  test('is the same while it grows, whoever appends', async () => {
    const topic = prepared(5, 0);
    topic.sending(0)(5, 2);
    topic.sending(0)(9, 1);
    expect(await topic.check(answering(10, 3))).toEqual(extents(10, 3));
    topic.sending(1)(3, 1);
    topic.assertSame();
  });

  test.each([
    ['has another number of partitions', answering(5), /it had 2 partitions and has 1/],
    ['has more partitions', answering(5, 0, 0), /it had 2 partitions and has 3/],
    ['ends before what was there at the start', answering(4, 0), /partition 0 ends at 4, and had 5 records/],
  ])('is another one where it %s, which it says with what to do', async (_what, ask, found) => {
    const topic = prepared(5, 0);
    const refused = topic.check(ask);
    await expect(refused).rejects.toThrow(LogMismatch);
    await expect(refused).rejects.toThrow(found);
    await expect(refused).rejects.toThrow(/topic log is not the one .*build the views anew/);
  });

  test('is another one where it takes a record at a position that was taken', () => {
    const topic = prepared(5, 0);
    topic.sending(0)(5, 10);
    const stored = topic.sending(0);
    expect(() => stored(14, 1)).toThrow(/partition 0 takes record 14, and had 15 before/);
  });

  test('is another one where it ends before what others were seen to append', async () => {
    const topic = prepared(5, 0);
    await topic.check(answering(9, 0));
    await expect(topic.check(answering(8, 0))).rejects.toThrow(LogMismatch);
  });

  test('stays refused, and is not even asked again', async () => {
    const topic = prepared(5, 0);
    await expect(topic.check(answering(0, 0))).rejects.toThrow(LogMismatch);
    expect(() => topic.assertSame()).toThrow(LogMismatch);
    await expect(topic.check(() => Promise.reject(new Error('was asked')))).rejects.toThrow(LogMismatch);
  });

  test('is the same where records are stored while the answer to a question is on its way', async () => {
    const topic = prepared(5, 0);
    const late = Promise.withResolvers<Map<number, Extent>>();
    const checking = topic.check(() => late.promise);
    topic.sending(0)(5, 3);
    late.resolve(extents(5, 0));
    await checking;
    topic.assertSame();
  });

  test('is the same where a question sees records whose own answer is on its way', async () => {
    const topic = prepared(5, 0);
    const stored = topic.sending(0);
    await topic.check(answering(8, 0));
    stored(5, 3);
    topic.assertSame();
  });
});
