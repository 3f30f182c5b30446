import { LogMismatch, StartAgain } from '#event-sourcing';
import { isOutage, type Logger, retry } from '#platform';
import { StaleOwner } from './checkpoints.js';
import { StopProjection, Unreadable } from './fold.js';

// The views are not what the statements of this code expect (unsupported, no such schema, table or column, not allowed), by
// SQLSTATE. Which views there are is looked up at a start.
const OTHER_VIEWS = /^(0A|3F|42)[0-9A-Z]{3}$/;

const LONGEST_REASON = 500;

/**
 * Whether it may be one of the records that made a batch fail: the fold says so, its code threw, or Postgres refused the values
 * that it wrote. Nothing else is ever held against a record (ADR 0017).
 */
export function mayBeTheRecord(error: unknown): boolean {
  return error instanceof Unreadable || !isOutage(error);
}

/** Worth another try as it is: a server is down, or two transactions were in each other's way. */
export function isTransient(error: unknown): boolean {
  const isFinal = [StaleOwner, StartAgain, StopProjection, LogMismatch].some((kind) => error instanceof kind);
  if (isFinal || mayBeTheRecord(error)) return false;
  return !OTHER_VIEWS.test(String((error as { code?: unknown } | undefined)?.code));
}

/** Why a record can't be applied, as its dead letter says it. */
export function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const said = message === '' || name === 'TypeError' ? `${name}: ${message}` : message;
  return said.replaceAll('\0', '\uFFFD').slice(0, LONGEST_REASON);
}

/** Retries with exponential backoff while a server fails and the partition is still ours. */
export function retryTransient<T>(
  logger: Pick<Logger, 'warn'>,
  stillOwned: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const onFailure = (err: unknown, delay: number) => {
    if (!isTransient(err) || !stillOwned()) throw err;
    logger.warn({ err }, `a server fails; trying again in ${delay} ms`);
  };
  return retry(work, { longestMs: 5_000, onFailure });
}
