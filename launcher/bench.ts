import { build } from './build.ts';
import { toolEnvironment } from './environment.ts';
import { nodeTool } from './processes.ts';
import { startServers } from './servers.ts';
import type { Session } from './session.ts';

/** `npm run bench`: on servers of its own that store as safely as in production, or the figures would flatter. */
export async function bench(session: Session, args: string[]): Promise<number> {
  const options = { durable: true, sharedBuffers: process.env.BENCH_SHARED_BUFFERS };
  const [servers] = await Promise.all([startServers(session, options).up(), build(session.processes)]);
  const main = nodeTool('bench', '--disable-warning=TimeoutNegativeWarning', 'bench/main.ts', ...args);
  return session.processes.start({ ...main, env: toolEnvironment({ ...servers }), output: { terminal: true } })
    .exitCode;
}
