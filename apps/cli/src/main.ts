import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentVariables } from './config.js';
import { runCommandLine } from './command-line.js';

const root = projectRoot(import.meta.dirname);

// The reader of a pipe may go first (tidemark status | head).
process.stdout.on('error', () => undefined);
const exitCode = await runCommandLine(process.argv.slice(2), {
  env: environmentVariables(join(root, '.env')),
  stateFolder: join(root, '.tidemark'),
  out: process.stdout,
  err: process.stderr,
});
// Clients may leave a connection open behind them (kafkajs, where a question was still being asked again when it was
// closed), which would keep the process for minutes.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));

/** The nearest folder above with a package: sources and compiled files lie at different depths below it. */
function projectRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  return projectRoot(dirname(folder));
}
