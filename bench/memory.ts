import { readFileSync } from 'node:fs';

/** The largest resident memory of a process, in MiB, while something runs; looked at every 50 ms. */
export async function whileWatching<Result>(pid: number, work: () => Promise<Result>) {
  let memory = 0;
  const timer = setInterval(() => (memory = Math.max(memory, residentOf(pid))), 50);
  try {
    const result = await work();
    return { memory, result };
  } finally {
    clearInterval(timer);
  }
}

/** 0 where it has ended. */
function residentOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
