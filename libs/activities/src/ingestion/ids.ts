import { createHash, randomUUID } from 'node:crypto';
import { Problem } from '#platform';

/** How the items of one request that came without an id get one. */
export type NameItem = (index: number) => string;

/**
 * Ids of their own, so that a resend counts again; with an `Idempotency-Key` the same ids for the same body from the
 * same sender, so that it counts once. Throws `invalid-request` for a body too deep to be compared.
 */
export function namer(subject: string, idempotencyKey: string | undefined, body: unknown): NameItem {
  if (idempotencyKey === undefined) return () => randomUUID();
  let hash: string | undefined;
  return (index) => {
    hash ??= hashOf(body);
    return sha256(JSON.stringify([subject, idempotencyKey, hash, index]));
  };
}

function hashOf(body: unknown): string {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return sha256(body);
  try {
    return sha256(JSON.stringify(body));
  } catch (cause) {
    throw new Problem('invalid-request', 'The body is nested too deeply.', { cause });
  }
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
