import { say } from './progress.ts';
import type { Session } from './session.ts';
import { startServers } from './servers.ts';

/** Runs the servers of the tests alone, until Ctrl-C: to run or debug single tests by hand against them. */
export async function serve(session: Session): Promise<number> {
  const servers = await startServers(session, { durable: false }).up();
  say(`# Data and logs are in ${session.folder} until Ctrl-C.`);
  for (const [name, value] of Object.entries(servers)) say(`export ${name}=${value}`);
  return new Promise(() => undefined);
}
