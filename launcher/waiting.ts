import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until `condition` holds; a throw counts as not yet. False when `deadlineMs` passed first. */
export async function eventually(
  condition: () => Promise<boolean> | boolean,
  { deadlineMs, everyMs = 50 }: { deadlineMs: number; everyMs?: number },
): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    if (await holds(condition)) return true;
    if (performance.now() > end) return false;
    await pause(everyMs);
  }
}

async function holds(condition: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await condition();
  } catch {
    return false;
  }
}
