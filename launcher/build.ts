import { existsSync, globSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { take } from './claim.ts';
import { makeFolder, root, stateFolder } from './paths.ts';
import { nodeTool, type Processes } from './processes.ts';
import { step } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { eventually } from './waiting.ts';

const compiledWithinMs = 300_000;
const compilerMemory = join(root, 'dist', '.tsbuildinfo');

/** Compiles apps and libs to dist/ where a source has changed since the last build. */
export async function build(processes: Processes, report: typeof step = step): Promise<void> {
  const release = await takeTurn();
  try {
    await report('Build', () => compile(processes));
  } finally {
    release();
  }
}

/** Says nothing where it succeeds: the command line builds before every command. */
export async function buildQuietly({ processes }: Session): Promise<number> {
  await build(processes, (_name, work) => work());
  return 0;
}

async function compile(processes: Processes): Promise<void> {
  // The compiler goes by its memory, also once somebody has deleted outputs.
  if (!hasOutputs()) rmSync(compilerMemory, { force: true });
  const startedAt = new Date();
  let output = '';
  const tsc = nodeTool('the compiler', 'node_modules/typescript/bin/tsc', '-b');
  const collected = { collect: (text: string) => (output += text) };
  const exitCode = await processes.finish({ ...tsc, output: collected }, compiledWithinMs);
  if (exitCode !== 0) throw new Refusal(`The build failed:\n${output.trimEnd()}`);
  // The compiler takes what is older than its memory for built, also what was written while it compiled.
  utimesSync(compilerMemory, startedAt, startedAt);
}

function hasOutputs(): boolean {
  const mains = globSync('apps/*/src/main.ts', { cwd: root });
  return mains.every((main) => existsSync(join(root, 'dist', main.replace(/ts$/, 'js'))));
}

/** Two builds at once would write the same files; the second waits, and then finds nothing left to do. */
async function takeTurn(): Promise<() => void> {
  const lock = join(makeFolder(stateFolder), 'build.json');
  const asking = { for: 'another build in this folder', deadlineMs: compiledWithinMs, everyMs: 100 };
  const ours = await eventually(async () => (await take(lock)) === undefined, asking);
  if (!ours) throw new Refusal(`Another build has been running for five minutes; see ${readFileSync(lock, 'utf8')}`);
  return () => rmSync(lock, { force: true });
}
