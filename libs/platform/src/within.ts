import pTimeout from 'p-timeout';

/** There was no answer in time; the work itself goes on. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Settles as the promise does; after so many milliseconds it rejects with `NoAnswer` or the error that is given, or resolves
 * to what the function gives. The promise is that of one question: one that lives longer would hold on to each that ever
 * waited for it.
 */
export function within<T>(
  milliseconds: number,
  promise: Promise<T>,
  late: Error | (() => T) = () => {
    throw new NoAnswer(`no answer within ${milliseconds} ms`);
  },
): Promise<T> {
  return pTimeout(promise, { milliseconds, ...(late instanceof Error ? { message: late } : { fallback: late }) });
}

/** Whether the promise, which does not reject, has settled after so many milliseconds at most. */
export const isSettledWithin = (milliseconds: number, promise: Promise<unknown>): Promise<boolean> =>
  within(
    milliseconds,
    promise.then(() => true),
    () => false,
  );
