import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { output, PRINTING, run } from './service.ts';

/** What `tidemark replay` came to. */
export interface Run {
  readonly seconds: number;
  /** The most memory that its process held, in MB. */
  readonly memory: number;
  readonly outcome: string;
}

// As bin/tidemark.mjs starts it.
const FLAGS = ['--max-old-space-size=192', '--max-semi-space-size=32'];

/** Runs `tidemark replay` as an operator does. */
export async function runReplay(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Run> {
  const child = run({ env, app: 'cli', flags: FLAGS, args: ['replay', '--json', ...args], stdio: PRINTING });
  const answer = output(child);
  let memory = 0;
  let running = true;
  void answer.then(() => (running = false));
  while (running) {
    memory = Math.max(memory, residentOf(child.pid!));
    await pause(100);
  }
  const { outcome, seconds } = JSON.parse(await answer) as { outcome: string; seconds: number };
  return { outcome, seconds, memory };
}

function residentOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
