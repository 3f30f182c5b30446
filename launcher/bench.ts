import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.ts';
import { toolEnvironment } from './environment.ts';
import { root } from './paths.ts';
import { Refusal } from './refusal.ts';
import { startServers } from './servers.ts';
import type { Session } from './session.ts';

/** `npm run bench`: on servers of its own that store as safely as in production, or the figures would flatter. */
export async function bench(session: Session, args: string[]): Promise<number> {
  const main = join(root, 'bench', 'main.ts');
  if (!existsSync(main)) throw new Refusal('There is no benchmark yet: bench/main.ts is missing.');
  const [servers] = await Promise.all([startServers(session, { durable: true }), build(session.processes)]);
  return session.processes.start({
    name: 'bench',
    kind: 'tool',
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', main, ...args],
    env: toolEnvironment({ ...servers }),
    output: { terminal: true },
  }).exitCode;
}
