import { type Command } from 'commander';
import { type Surroundings } from '../surroundings.js';
import { importGitCommand } from './import-git.js';
import { importNdjsonCommand } from './import-ndjson.js';

export function importCommands(program: Command, surroundings: Surroundings): void {
  const importing = program.command('import').description('bring history in from elsewhere');
  importGitCommand(importing, surroundings);
  importNdjsonCommand(importing, surroundings);
}
