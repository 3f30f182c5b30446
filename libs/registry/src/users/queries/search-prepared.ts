import { type Pool } from 'pg';

/** The pool, or one of its connections. */
export type Database = Pick<Pool, 'query'>;

// Queries of few words come in few shapes; the rest would only fill the server's memory.
const MOST_STATEMENTS = 200;
const names = new Map<string, string>();

/** A statement that each connection plans once, which can take longer than running it. */
export function prepared(text: string, values: unknown[]): { name?: string; text: string; values: unknown[] } {
  const name = names.get(text) ?? (names.size < MOST_STATEMENTS ? `search_${names.size}` : undefined);
  if (name === undefined) return { text, values };
  names.set(text, name);
  return { name, text, values };
}
