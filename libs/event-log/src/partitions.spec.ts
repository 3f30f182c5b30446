import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { partitionFor } from './partitions.js';

const metadata = (count: number) => Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }));
const kafkas = (key: string, count: number) =>
  kafkajs.Partitioners.DefaultPartitioner()({
    topic: 'any',
    partitionMetadata: metadata(count) as never,
    message: { key, value: null },
  });

describe('the partition of a key', () => {
  test('is the one that Kafka clients choose, for keys of every length and alphabet', () => {
    const random = Array.from({ length: 2_000 }, (_, n) => randomBytes(n % 40).toString('base64'));
    for (const key of ['', 'a', 'größer', '日本語', '🦑', 'env/42', ...random]) {
      for (const count of [1, 3, 16, 64]) expect(partitionFor(key, count)).toBe(kafkas(key, count));
    }
  });

  test('is what it was when the first records were stored', () => {
    const keys = ['', 'acme', 'acme/1', 'acme/2', 'größer/日本', 'a-rather-long-environment-name/1234567890'];
    expect(keys.map((key) => partitionFor(key, 16))).toEqual(GOLDEN);
  });
});

/** Stored logs depend on these: a change moves keys to other partitions. */
const GOLDEN = [9, 4, 12, 3, 15, 5];
