import { createHash } from 'node:crypto';
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
