import { describe, expect, test } from '@jest/globals';
import { LogUnavailable } from '#event-sourcing';
import { type Chunk, MAX_PARTITION_BYTES, MAX_PARTITION_RECORDS, PendingAppend } from './pending-append.js';
import { MAX_SEND_BYTES, SendQueue } from './send-queue.js';

const appendOf = (values: readonly (string | Buffer)[], partition = 0, key = 'ada') =>
  new PendingAppend(
    'topic',
    values.map((value) => ({ key, value })),
    () => partition,
    60_000,
  );

function collect(...appends: PendingAppend[]): SendQueue {
  const queue = new SendQueue();
  for (const append of appends) append.chunks.forEach((chunk) => queue.add(chunk));
  return queue;
}

function drain(queue: SendQueue): Chunk[][] {
  const sends: Chunk[][] = [];
  while (!queue.isEmpty) sends.push(queue.take().flat());
  sends.flat().forEach(({ append }) => append.acknowledge());
  return sends;
}

const valuesOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ records }) => records.map(({ value }) => value));

describe('what is collected while a send is in flight', () => {
  test('goes into the next send together', () => {
    const [send, ...rest] = drain(collect(appendOf(['a', 'b']), appendOf(['c']), appendOf(['d'], 3)));
    expect(valuesOf(send ?? [])).toEqual(['a', 'b', 'c', 'd']);
    expect(rest).toEqual([]);
  });

  test('keeps the order of a partition over several sends', () => {
    const big = Array.from({ length: 60 }, (_, n) => Buffer.alloc(60_000, n));
    const appends = big.map((value) => appendOf([value]));
    expect(valuesOf(drain(collect(...appends)).flat())).toEqual(big);
  });

  test('never gives a partition more than the broker takes at once', () => {
    const appends = Array.from({ length: 100 }, (_, n) => appendOf([Buffer.alloc(1_000 + n * 4_000)], n % 3));
    for (const send of drain(collect(...appends, appendOf(Array<string>(7_000).fill('x'), 1)))) {
      for (const chunks of Object.values(Object.groupBy(send, ({ partition }) => partition))) {
        expect((chunks ?? []).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MAX_PARTITION_BYTES);
        expect(valuesOf(chunks ?? []).length).toBeLessThanOrEqual(MAX_PARTITION_RECORDS);
      }
    }
  });

  test('gives every partition its turn when there is more than one send holds', () => {
    const many = Array.from({ length: 40 }, (_, partition) =>
      appendOf(Array<Buffer>(10).fill(Buffer.alloc(85_000)), partition),
    );
    const sends = drain(collect(...many));
    for (const send of sends) {
      expect(send.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MAX_SEND_BYTES + MAX_PARTITION_BYTES);
    }
    expect(new Set(sends.flat().map(({ partition }) => partition)).size).toBe(40);
    expect(sends.length).toBeLessThan(6);
  });

  test('lets a key pass that waits behind thousands of records of another one in its partition', () => {
    const hot = Array.from({ length: 150 }, (_, n) => appendOf(Array<string>(200).fill(`hot ${n}`), 0, 'hot'));
    const [first, ...rest] = drain(collect(...hot, appendOf(['cold'], 0, 'cold')));
    expect(valuesOf(first!)).toContain('cold');
    expect(rest.length).toBeGreaterThan(10);
    const inOrder = hot.flatMap((_, n) => Array<string>(200).fill(`hot ${n}`));
    expect(valuesOf([first!, ...rest].flat()).filter((value) => value !== 'cold')).toEqual(inOrder);
  });

  test('no longer holds the rest of an append that failed', async () => {
    const failed = appendOf(Array<Buffer>(30).fill(Buffer.alloc(60_000)));
    const other = appendOf(['still wanted']);
    const queue = collect(failed, other);
    queue.take();
    failed.fail(new LogUnavailable('lost'));
    await expect(failed.done).rejects.toThrow('lost');
    expect(queue.removeFailed().every(({ append }) => append === failed)).toBe(true);
    expect(valuesOf(drain(queue).flat())).toEqual(['still wanted']);
  });
});

describe('an append', () => {
  test('is done when each of its chunks is acknowledged, and not before', async () => {
    const append = new PendingAppend(
      'topic',
      [
        { key: '0', value: '' },
        { key: '1', value: '' },
      ],
      Number,
      60_000,
    );
    append.acknowledge();
    expect(append.isSettled).toBe(false);
    append.acknowledge();
    await append.done;
  });

  test('fails with LogUnavailable when its time is up', async () => {
    const append = new PendingAppend('topic', [{ key: '0', value: '' }], Number, 5);
    await expect(append.done).rejects.toThrow(LogUnavailable);
  });

  test('stays failed when an acknowledgement comes late', async () => {
    const append = appendOf(['a']);
    append.fail(new LogUnavailable('lost'));
    append.acknowledge();
    await expect(append.done).rejects.toThrow('lost');
  });
});
