/** A question that had no answer in time; what is under way is not ended by that. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Settles as the promise does, or rejects with `NoAnswer` after so many milliseconds. The promise is that of one question:
 * one that lives longer would hold on to each that ever waited for it.
 */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswer(`no answer in ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the promise, which does not reject, has settled after so many milliseconds at most. */
export async function isSettledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return within(milliseconds, promise).then(
    () => true,
    () => false,
  );
}
