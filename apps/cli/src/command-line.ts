import { Command, CommanderError } from 'commander';
import { deadLetterCommands } from './commands/deadletters.js';
import { eraseCommand } from './commands/erase.js';
import { importGitCommand } from './commands/import-git.js';
import { importNdjsonCommand } from './commands/import-ndjson.js';
import { migrateCommand } from './commands/migrate.js';
import { replayCommand } from './commands/replay.js';
import { statusCommand } from './commands/status.js';
import { tokenCommand } from './commands/token.js';
import { ReportedFailure, CommandFailed, type CliContext } from './context.js';

/** Runs one command. Resolves to the exit code: 0 done, 1 failed, 2 for wrong usage, others as it says itself. */
export async function runCommandLine(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await programFor(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof ReportedFailure)) context.err.write(`${sentence(error)}\n`);
    return error instanceof ReportedFailure || error instanceof CommandFailed ? error.exitCode : 1;
  }
}

function programFor(context: CliContext): Command {
  const program = new Command('tidemark')
    .description('The command line of Tidemark. Servers and service are those of the environment, or of "npm start".')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
    });
  tokenCommand(program, context);
  migrateCommand(program, context);
  statusCommand(program, context);
  deadLetterCommands(program, context);
  replayCommand(program, context);
  const importing = program.command('import').description('bring history in from elsewhere');
  importGitCommand(importing, context);
  importNdjsonCommand(importing, context);
  eraseCommand(program, context);
  return program;
}

/** What went wrong, without the stack; what is behind it where the message alone does not say. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const code = (error as { code?: unknown }).code;
  const told = message || (typeof code === 'string' ? code : error.name);
  return cause instanceof Error && cause.message ? `${told} (${cause.message})` : told;
}
