const firstMs = 500;
const longestMs = 10_000;
const steadyMs = 30_000;

/** How long to wait before an app that ended is started again: doubling, and from the beginning once it ran for a while. */
export function restartDelay(previousMs: number | undefined, ranMs: number): number {
  if (previousMs === undefined || ranMs >= steadyMs) return firstMs;
  return Math.min(previousMs * 2, longestMs);
}
