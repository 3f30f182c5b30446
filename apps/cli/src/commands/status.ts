import { type Command } from 'commander';
import { serverSettings, serviceOfServers } from '../config.js';
import { readStatus, statusText } from '../status.js';
import { ReportedFailure, say, type CliContext } from '../context.js';

export function statusCommand(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('how far the views are behind the log, and whether all servers answer (exit code 1 if not)')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => {
      const status = await readStatus(serverSettings(context), serviceOfServers(context));
      say(context, options, status, statusText(status));
      if (!status.ok) throw new ReportedFailure();
    });
}
