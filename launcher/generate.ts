import { build } from './build.ts';
import { nodeTool } from './processes.ts';
import type { Session } from './session.ts';

/** `npm run generate`: writes anew what is made of the routes, the OpenAPI document and the client's types. */
export async function generate({ processes }: Session): Promise<number> {
  await build(processes);
  return processes.start({ ...nodeTool('generate', 'clients/generate.ts'), output: { terminal: true } }).exitCode;
}
