import { type Command } from 'commander';
import { type CliContext } from '../context.js';
import { importGitCommand } from './import-git.js';
import { importNdjsonCommand } from './import-ndjson.js';

export function importCommands(program: Command, context: CliContext): void {
  const importing = program.command('import').description('bring history in from elsewhere');
  importGitCommand(importing, context);
  importNdjsonCommand(importing, context);
}
