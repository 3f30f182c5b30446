import { createHash, randomUUID } from 'node:crypto';

/** How the items of one request that came without an id get one. */
export type NameItem = (index: number) => string;

/**
 * Ids of their own, so that a resend counts again; with an `Idempotency-Key` the same ids for the same body from the
 * same sender, so that it counts once.
 */
export function namer(subject: string, idempotencyKey: string | undefined, body: Buffer): NameItem {
  if (idempotencyKey === undefined) return () => randomUUID();
  let hash: string | undefined;
  return (index) => {
    hash ??= sha256(body);
    return sha256(JSON.stringify([subject, idempotencyKey, hash, index]));
  };
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
