import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.ts';
import { toolEnvironment } from './environment.ts';
import { nodeTool } from './processes.ts';
import { say } from './progress.ts';
import type { Session } from './session.ts';
import { type ServerAddresses, startServers } from './servers.ts';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** `npm test`: every test, on servers of its own that are gone afterwards. Resolves to the exit code. */
export async function test(session: Session, jestArgs: string[]): Promise<number> {
  // Jest strips the types itself: a build that fails is one failure, and hides none of the others.
  const building = build(session.processes).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const servers = patient(await startServers(session, { durable: false }).up());
  const buildError = await building;
  if (buildError) console.error(buildError.message);
  const result = join(session.folder, 'jest.json');
  const exitCode = await runJest(session, toolEnvironment({ ...servers }), [`--outputFile=${result}`, ...jestArgs]);
  if (buildError) console.error('The build failed; its errors stand before the tests.');
  if (existsSync(result)) say(summary(JSON.parse(readFileSync(result, 'utf8')) as JestResult));
  return buildError ? 1 : exitCode;
}

/** A machine that builds and tests for two at a time may stand still for longer than connecting may take in production. */
function patient(servers: ServerAddresses): ServerAddresses {
  const url = new URL(servers.DATABASE_URL);
  url.searchParams.set('connect_timeout', '30');
  return { ...servers, DATABASE_URL: url.href };
}

/** A suite that could not be run counts as one failure. */
export function summary(result: JestResult): string {
  return `${result.numPassedTests} passed, ${result.numFailedTests + result.numRuntimeErrorTestSuites} failed`;
}

function runJest(session: Session, env: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning',
  ];
  const jest = nodeTool('jest', ...flags, 'node_modules/jest/bin/jest.js', '--json', ...args);
  return session.processes.start({ ...jest, env, output: { terminal: true } }).exitCode;
}
