import { build } from './build.ts';
import type { Session } from './session.ts';

/** Builds what has changed and says nothing where that succeeds: the command line does so before every command. */
export async function buildQuietly(session: Session): Promise<number> {
  await build(session.processes, (_name, work) => work());
  return 0;
}
