import { createHash } from 'node:crypto';
import { type Queryable } from '#platform';
import { type AskedCommand } from '../stored/command-seals.js';
import { type RootKey } from '../stored/root-key.js';

/**
 * A client's `Idempotency-Key` is its own. What is hashed can be read in one way only, since there is a line break neither
 * in a subject (tokens.ts) nor in a key. It stands in records: another formula would forget the keys of the last 24 hours.
 */
export const ownKey = (subject: string, key: string) =>
  createHash('sha256').update(`${subject}\n${key}`).digest('base64url');

/** The key of an item of a batch: that of the request for the first, so that it is the same key everywhere. */
export const keyOfItem = (key: string, index: number) => (index === 0 ? key : `${key}\n${index}`);

/** What tells whether two requests ask the same. */
export function bodyHashOf(root: RootKey, commands: readonly AskedCommand[]): string {
  // The sender does not ask for a key to seal with, nor say what was there before.
  const textOf = (asked: AskedCommand) => JSON.stringify({ ...asked, key: undefined, base: undefined });
  return root.bodyHash(commands.map(textOf).join('\n'));
}

/** The hash of the body that came with this key within the last 24 hours; undefined where none did. */
export async function bodyKnownOf(db: Queryable, environment: string, ownKey: string): Promise<string | undefined> {
  const { rows } = await db.query<{ body_hash: string }>(
    `SELECT body_hash FROM idempotency_keys
     WHERE environment = $1 AND key = $2 AND decided_on > now() - interval '24 hours'`,
    [environment, ownKey],
  );
  return rows[0]?.body_hash;
}
