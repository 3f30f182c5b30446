import { setTimeout as pause } from 'node:timers/promises';

interface RetryOptions {
  /** The longest delay between two attempts, in milliseconds. */
  readonly longestMs: number;
  /** Called before each delay; throws to give up. */
  onFailure(error: unknown, delayMs: number): void;
  /** Aborting it gives up, with its reason. */
  readonly signal?: AbortSignal;
}

/** The delay after this many failures in a row (from 0), in milliseconds: twice as long each time. */
export const backoffMs = (failures: number, firstMs: number, longestMs: number): number =>
  Math.min(firstMs * 2 ** failures, longestMs);

/** Calls `work` until it succeeds, with exponential backoff. Not p-retry: it never retries a `TypeError`. */
export async function retry<T>(work: () => Promise<T>, { longestMs, onFailure, signal }: RetryOptions): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const delay = backoffMs(failures, 50, longestMs);
      onFailure(error, delay);
      await pause(delay, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
