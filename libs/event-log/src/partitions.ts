const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * The partition of a key: murmur2 as Kafka's own producers do it, so that records of other clients meet ours.
 * kafkajs has the same function on BigInt, which was the most expensive step of an append.
 */
export function partitionFor(key: string, partitions: number): number {
  return (hashOf(key) & 0x7fffffff) % partitions;
}

/** The flow of a key, independent of its partition. */
export function flowFor(key: string, flows: number): number {
  return (hashOf(key) >>> 16) % flows;
}

const SHORT = 128;
const scratch = Buffer.alloc(SHORT);

function hashOf(key: string): number {
  const length = copyPlain(key);
  return length === undefined ? murmur2(Buffer.from(key)) : murmur2(scratch, length);
}

/** Keys are nearly always short ASCII; allocating a Buffer for each would cost more than the hash. */
function copyPlain(key: string): number | undefined {
  if (key.length > SHORT) return undefined;
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code > 0x7f) return undefined;
    scratch[at] = code;
  }
  return key.length;
}

function murmur2(bytes: Buffer, length = bytes.length): number {
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  return finish(hashTail(hash, bytes, whole, length));
}

function hashTail(hash: number, bytes: Buffer, from: number, length: number): number {
  if (from === length) return hash;
  let tail = 0;
  for (let at = length - 1; at >= from; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  return Math.imul(hash ^ tail, MULTIPLIER);
}

function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
