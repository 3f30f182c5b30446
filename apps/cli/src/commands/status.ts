import { type Command } from 'commander';
import { serverSettings, serviceOfServers } from '../config.js';
import { readStatus, statusText } from '../status.js';
import { BadNews, type Surroundings } from '../surroundings.js';

export function statusCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('status')
    .description('how far the views are behind the log, and whether all servers answer (exit code 1 if not)')
    .option('--json', 'for programs')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await readStatus(serverSettings(surroundings), serviceOfServers(surroundings));
      surroundings.out.write(`${json ? JSON.stringify(status, null, 2) : statusText(status)}\n`);
      if (!status.ok) throw new BadNews();
    });
}
