import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.ts';
import { say, seconds, step } from './progress.ts';
import { Refusal } from './refusal.ts';
import { type Session } from './session.ts';

/** What a check is called, and its program below node_modules with its arguments. */
type Check = readonly [name: string, program: string, ...args: string[]];

const checks: readonly Check[] = [
  ['Lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['Types', 'typescript/bin/tsc', '-p', 'tsconfig.check.json'],
  ['Format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  ['Rooms and their doors', 'dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'libs'],
  ['Unused files and exports', 'knip/bin/knip.js'],
  ['docker-compose.yml', 'dclint/bin/dclint.cjs', 'docker-compose.yml', '--max-warnings', '0'],
  ['Dockerfile', 'dockerfilelint/bin/dockerfilelint', 'Dockerfile'],
];

/** `npm run check`: all that can be told without running anything. Every check runs, so that all failures show. */
export async function check(session: Session): Promise<number> {
  const start = performance.now();
  const waiting = [...checks];
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (!(await passes(session, next))) failed.push(next[0]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const verdict = failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`;
  say(`${checks.length} checks, ${verdict} (${seconds(start)})`);
  return failed.length === 0 ? 0 : 1;
}

async function passes(session: Session, [name, program, ...args]: Check): Promise<boolean> {
  let output = '';
  const work = async (): Promise<void> => {
    const exitCode = await session.processes.start({
      name,
      kind: 'tool',
      command: process.execPath,
      args: [join(root, 'node_modules', program), ...args],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
      output: { collect: (text) => (output += text) },
    }).exitCode;
    if (exitCode !== 0) throw new Refusal(`exit code ${exitCode}`);
  };
  try {
    await step(name, work);
    return true;
  } catch (error) {
    say(output.trimEnd() || String(error));
    return false;
  }
}
