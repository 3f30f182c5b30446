import { spawnSync } from 'node:child_process';

const quietMs = 2_000;
const unsaid = new Set<NodeJS.Timeout>();
let silent = false;

/** From here on steps end because the launcher stops; what came of them, or has not come yet, interests nobody. */
export function endSteps(): void {
  silent = true;
  for (const timer of unsaid) clearTimeout(timer);
}

/** Says what is waited for, once that has taken two seconds; not where the function that it returns was called before. */
export function sayWaiting(wait: { readonly for: string; readonly deadlineMs: number }): () => void {
  const timer = setTimeout(() => {
    unsaid.delete(timer);
    say(`… waiting for ${wait.for} (${Math.round(wait.deadlineMs / 1000)} s at most)`);
  }, quietMs);
  unsaid.add(timer);
  return () => {
    clearTimeout(timer);
    unsaid.delete(timer);
  };
}

/** Prints one line when `work` ends: what came of it and how long it took. */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  describe: (value: T) => string = () => name,
): Promise<T> {
  const start = performance.now();
  try {
    const value = await work();
    if (!silent) say(`✓ ${describe(value)} (${seconds(start)})`);
    return value;
  } catch (error) {
    if (!silent) say(`✗ ${name} (${seconds(start)})`);
    throw error;
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}

/** The last lines of a log file, indented, for a message about what went wrong. */
export function logTail(path: string): string {
  const { stdout } = spawnSync('tail', ['-n', '20', path], { encoding: 'utf8', timeout: 10_000 });
  return stdout ? stdout.trimEnd().replaceAll(/^/gm, '  ') : `  (${path} is empty)`;
}
