import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the assertion holds, and then gives its value; after `within` milliseconds its last failure. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { within = 60_000 }: { within?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(20);
  }
}
