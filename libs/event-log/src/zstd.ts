import { zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';

/** kafkajs reads batches by it; those that we send are compressed where they are made (record-batch.ts). */
const codec = { decompress: async (bytes: Buffer) => zstdDecompressSync(bytes) };

/** kafkajs knows zstd by number and brings no codec. */
export function registerZstd(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => codec;
}
