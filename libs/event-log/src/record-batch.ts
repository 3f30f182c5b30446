import { constants, zstdCompressSync } from 'node:zlib';
import { type NewRecord } from '#event-sourcing';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/crc32C.js';
import { MAX_PARTITION_BYTES } from './pending-append.js';

/** Who sends a batch, and which record of that producer in the partition is its first, from 0. */
export interface BatchSource {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequence: number;
}

const HEADER_BYTES = 61;
/** What the checksum covers begins here. */
const CHECKED_FROM = 21;
const MAGIC = 2;
const ZSTD = 4;
/** A smaller batch goes as it is: a compressor of its own costs more than the bytes that it saves. */
const WORTH_COMPRESSING = 4 * 1024;
// In step with the caller: 1.3 ms for 750 KB, where the thread pool needs 2.1 ms, and 0.02 ms for 2 KB against 0.15.
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Records on their way, one batch at a time: to allocate as much for each would be half of the work. */
const scratch = Buffer.allocUnsafe(MAX_PARTITION_BYTES);

/**
 * Records of one partition as Kafka stores and sends them, compressed where that pays: a record batch of version 2
 * (https://kafka.apache.org/documentation/#recordbatch). kafkajs makes the same bytes at ten times the cost. `now` in milliseconds
 * since the epoch. Throws RangeError for more than `MAX_PARTITION_BYTES`.
 */
export function recordBatch(records: readonly NewRecord[], source: BatchSource, now: number): Buffer {
  let end = 0;
  for (const [at, record] of records.entries()) end = writeRecord(end, record, at);
  const plain = scratch.subarray(0, end);
  const isCompressed = end >= WORTH_COMPRESSING;
  const stored = isCompressed ? zstdCompressSync(plain, FASTEST) : plain;
  const batch = Buffer.allocUnsafe(HEADER_BYTES + stored.length);
  stored.copy(batch, HEADER_BYTES);
  writeHeader(batch, { ...source, records: records.length, codec: isCompressed ? ZSTD : 0, now });
  return batch;
}

interface Header extends BatchSource {
  readonly records: number;
  readonly codec: number;
  readonly now: number;
}

function writeHeader(batch: Buffer, { records, codec, now, producerId, producerEpoch, sequence }: Header): void {
  // The first offset, which the broker knows, and the leader's epoch.
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(0, 12);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(codec, CHECKED_FROM);
  batch.writeInt32BE(records - 1, 23);
  // The earliest and the latest time.
  batch.writeBigInt64BE(BigInt(now), 27);
  batch.writeBigInt64BE(BigInt(now), 35);
  batch.writeBigInt64BE(producerId, 43);
  batch.writeInt16BE(producerEpoch, 51);
  batch.writeInt32BE(sequence, 53);
  batch.writeInt32BE(records, 57);
  batch.writeUInt32BE(crc32C(batch.subarray(CHECKED_FROM)), 17);
}

/** Writes a record at a place of the scratch and returns where it ends. `index` is its place in the batch. */
function writeRecord(start: number, { key, value }: NewRecord, index: number): number {
  const keyBytes = Buffer.byteLength(key);
  const valueBytes = Buffer.byteLength(value);
  // Attributes, the time since the first and the number of headers are a 0 each.
  const bytes = 3 + sizeOf(index) + sizeOf(keyBytes) + keyBytes + sizeOf(valueBytes) + valueBytes;
  let at = writeVarint(start, bytes);
  if (at + bytes > scratch.length) throw new RangeError(`a batch takes at most ${scratch.length} bytes`);
  scratch[at++] = 0;
  scratch[at++] = 0;
  at = writeVarint(at, index);
  at = writeVarint(at, keyBytes);
  at += scratch.write(key, at);
  at = writeVarint(at, valueBytes);
  at += typeof value === 'string' ? scratch.write(value, at) : value.copy(scratch, at);
  scratch[at++] = 0;
  return at;
}

/** A whole number that is not negative, as a zigzag varint of Protocol Buffers. */
function writeVarint(start: number, value: number): number {
  let at = start;
  let rest = value * 2;
  while (rest > 0x7f) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
  return at;
}

const sizeOf = (value: number): number => (value < 0x40 ? 1 : value < 0x2000 ? 2 : value < 0x100000 ? 3 : 4);
