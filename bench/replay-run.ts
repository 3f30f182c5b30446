import { whileWatching } from './memory.ts';
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
  const { memory, result } = await whileWatching(child.pid!, () => output(child));
  const { outcome, seconds } = JSON.parse(result) as { outcome: string; seconds: number };
  return { outcome, seconds, memory };
}
