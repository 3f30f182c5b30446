import { isOutage, type Logger } from '#platform';
import { StaleOwner } from './checkpoints.js';
import { StopProjection } from './fold.js';

// Serialization failure, deadlock, and a transaction that was ended for having been idle: it was undone and may be
// tried again as it is.
const TRY_AGAIN = new Set(['40001', '40P01', '25P03']);

// What Postgres says of itself or of the views as a whole, by SQLSTATE: read-only, no such schema or table or column,
// not allowed, locked, out of memory, broken. Setting records aside for it would set aside all of them.
const NOT_THE_RECORD = /^(0A|25|28|3D|3F|55|57|58|F0|XX)|^(42501|42P01|42703)$/;

// pg's client, when it is asked on a connection that it has lost.
const LOST_CONNECTION = /not queryable|Client was closed/;

const LONGEST_REASON = 500;

/** Undone, and worth another try as it is: a server is down, or two transactions were in each other's way. */
export function isTransient(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return isOutage(error) || TRY_AGAIN.has(String(code)) || LOST_CONNECTION.test(String(message));
}

/** Whether it may be one of the records that made a batch fail. */
export function mayBeTheRecord(error: unknown): boolean {
  if (error instanceof StaleOwner || error instanceof StopProjection || isTransient(error)) return false;
  return !NOT_THE_RECORD.test(String((error as { code?: unknown } | undefined)?.code));
}

/** Why a record can't be applied, as its dead letter says it. */
export function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const said = message === '' || name === 'TypeError' ? `${name}: ${message}` : message;
  return said.replaceAll('\0', '\uFFFD').slice(0, LONGEST_REASON);
}

/** Tries again, ever more slowly, while a server is down and the partition is still ours. */
export async function untilItWorks<T>(
  logger: Pick<Logger, 'warn'>,
  stillOwned: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || !stillOwned()) throw error;
      logger.warn({ err: error }, `a server does not answer; trying again in ${wait} ms`);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
