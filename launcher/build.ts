import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { take } from './claim.ts';
import { makeFolder, root, stateFolder } from './paths.ts';
import type { Processes } from './processes.ts';
import { step } from './progress.ts';
import { Refusal } from './refusal.ts';
import { eventually } from './waiting.ts';

const compiledWithinMs = 300_000;
const sources = ['apps', 'libs', 'package.json', 'package-lock.json', 'tsconfig.json'];
const distFolder = join(root, 'dist');
const stamp = join(distFolder, '.built');
const compilerMemory = join(distFolder, '.tsbuildinfo');

/** Compiles apps and libs to dist/ where a source has changed since the last build that succeeded. */
export async function build(processes: Processes, report: typeof step = step): Promise<void> {
  if (!isStale()) return;
  const release = await takeTurn();
  try {
    if (isStale()) await report('Build', () => compile(processes));
  } finally {
    release();
  }
}

/** Both times in ms since 1970; `builtAt` is when the last good build began to read the sources. */
export function needsBuild(builtAt: number | undefined, changedAt: number): boolean {
  return builtAt === undefined || changedAt >= builtAt;
}

/** The latest change below the paths. Folders count too: their time tells of a file that was deleted or renamed. */
export function lastChange(paths: readonly string[]): number {
  return Math.max(0, ...paths.map(changedAt));
}

function changedAt(path: string): number {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, lastChange(readdirSync(path).map((name) => join(path, name))));
}

function isStale(): boolean {
  if (missingOutputs().length > 0) return true;
  const builtAt = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
  return needsBuild(builtAt, lastChange(sources.map((source) => join(root, source))));
}

function missingOutputs(): string[] {
  const apps = readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'src', 'main.ts')));
  return apps.map((app) => join(distFolder, 'apps', app, 'src', 'main.js')).filter((output) => !existsSync(output));
}

async function compile(processes: Processes): Promise<void> {
  // The compiler's memory of what it wrote is wrong once somebody has deleted outputs.
  if (missingOutputs().length > 0) rmSync(compilerMemory, { force: true });
  const startedAt = new Date();
  let output = '';
  const exitCode = await processes.finish(
    {
      name: 'the compiler',
      kind: 'tool',
      command: process.execPath,
      args: [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
      output: { collect: (text) => (output += text) },
    },
    compiledWithinMs,
  );
  if (exitCode !== 0) throw new Refusal(`The build failed:\n${output.trimEnd()}`);
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

/** Two builds at once would write the same files; the second waits, and then finds nothing left to do. */
async function takeTurn(): Promise<() => void> {
  const lock = join(makeFolder(stateFolder), 'build.json');
  const asking = { for: 'another build in this folder', deadlineMs: compiledWithinMs, everyMs: 100 };
  const ours = await eventually(async () => (await take(lock)) === undefined, asking);
  if (!ours) throw new Refusal(`Another build has been running for five minutes; see ${readFileSync(lock, 'utf8')}`);
  return () => rmSync(lock, { force: true });
}
