import { availableParallelism } from 'node:os';
import { build } from './build.ts';
import { toolEnvironment } from './environment.ts';
import { nodeTool, type Processes } from './processes.ts';
import { say, seconds, step } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

// Neither asks nor tells anybody outside how it is used.
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** What a check is called, and its program with its arguments. */
type Check = readonly [name: string, program: string, ...args: string[]];

const checks: readonly Check[] = [
  ['Lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['Types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json'],
  ['Format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  [
    'Rooms and their doors',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    'apps',
    'clients/typescript/src',
    'libs',
  ],
  ['Unused files and exports', 'node_modules/knip/bin/knip.js'],
  ['docker-compose.yml', 'node_modules/dclint/bin/dclint.cjs', 'docker-compose.yml', '--max-warnings', '0'],
  ['Dockerfile', 'node_modules/dockerfilelint/bin/dockerfilelint', 'Dockerfile'],
  ['API description and client', 'clients/generate.ts', '--check'],
  [
    'API description',
    'node_modules/@redocly/cli/bin/cli.js',
    'lint',
    'clients/openapi.json',
    '--config',
    'clients/redocly.yaml',
  ],
  ['API description for generators of clients', 'clients/portability.ts'],
  ['Client', 'node_modules/typescript/bin/tsc', '-p', 'clients/typescript'],
];

/** `npm run check`: all that can be told without servers. Every check runs, so that all failures show. */
export async function check({ processes }: Session): Promise<number> {
  const start = performance.now();
  const failed: string[] = [];
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed.push(name);
      say((error as Error).message);
    }
  };
  // The description of the interface is made of the compiled routes.
  await attempt('Build', () => build(processes));
  const waiting = [...checks];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, ...args] = next;
      await attempt(name, () => step(name, () => pass(processes, name, args)));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const verdict = failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`;
  say(`${checks.length} checks, ${verdict} (${seconds(start)})`);
  return failed.length === 0 ? 0 : 1;
}

async function pass(processes: Processes, name: string, args: string[]): Promise<void> {
  let output = '';
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  const exitCode = await processes.start({
    ...nodeTool(name, ...args),
    env: toolEnvironment({ ...colours, ...quiet }),
    output: { collect: (text) => (output += text) },
  }).exitCode;
  if (exitCode !== 0) throw new Refusal(output.trimEnd() || `exit code ${exitCode}`);
}
