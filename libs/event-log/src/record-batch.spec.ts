import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type NewRecord } from '#event-sourcing';
import { recordBatch } from './record-batch.js';
import { MAX_PARTITION_BYTES } from './pending-append.js';
import { registerZstd } from './zstd.js';

const require = createRequire(import.meta.url);
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0');
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder');
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0');
const Decoder = require('kafkajs/src/protocol/decoder');

const NOW = 1_790_000_000_000;
const source = { producerId: 4_294_967_297n, producerEpoch: 3, sequence: 2_147_483_000 };

/** What kafkajs itself makes of the same. */
async function asKafkajs(records: readonly NewRecord[]): Promise<Buffer> {
  const batch = await RecordBatch({
    producerId: String(source.producerId),
    producerEpoch: source.producerEpoch,
    firstSequence: source.sequence,
    firstTimestamp: NOW,
    maxTimestamp: NOW,
    lastOffsetDelta: records.length - 1,
    records: records.map((record, offsetDelta) => encodeRecord({ ...record, offsetDelta })),
  });
  return batch.buffer;
}

/** What a consumer makes of a batch. Its magic is behind its first 16 bytes. */
async function read(batch: Buffer) {
  const { records } = await decodeBatch(new Decoder(batch));
  return records.map(({ key, value }: { key: Buffer; value: Buffer }) => [key.toString(), value.toString()]);
}

const text = fc.string({ unit: 'binary', maxLength: 200 });
const record = fc.record({
  key: text,
  value: fc.oneof(
    text,
    text.map((value) => Buffer.from(value)),
  ),
});

describe('a record batch', () => {
  test('has the same bytes as one of kafkajs', async () => {
    const records = fc.array(record, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(records, async (some) => {
        expect(recordBatch(some, source, NOW)).toEqual(await asKafkajs(some));
      }),
    );
  });

  test.each([63, 64, 8_191, 8_192, 65_536])('says how long a value of %i bytes is', async (bytes) => {
    registerZstd();
    const records = [{ key: 'k', value: 'x'.repeat(bytes) }];
    expect(await read(recordBatch(records, source, NOW))).toEqual([['k', 'x'.repeat(bytes)]]);
  });

  test('of many records is compressed and read as it was', async () => {
    registerZstd();
    const records = Array.from({ length: 500 }, (_, n) => ({
      key: `production/${n}`,
      value: `{"id":"${n}","ü":"王"}`,
    }));
    const batch = recordBatch(records, source, NOW);
    expect(batch.length).toBeLessThan(5_000);
    expect(await read(batch)).toEqual(records.map(({ key, value }) => [key, value]));
  });

  test('takes no more than its room, and says so', () => {
    const tooMuch = [{ key: 'k', value: 'x'.repeat(MAX_PARTITION_BYTES) }];
    expect(() => recordBatch(tooMuch, source, NOW)).toThrow(RangeError);
  });
});
