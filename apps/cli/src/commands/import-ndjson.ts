import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Command } from 'commander';
import { importNdjson, linesSummaryText, type NdjsonSummary } from '#importing';
import { environment, text } from '../arguments.js';
import { ReportedFailure, say, type CliContext } from '../context.js';
import { ProgressDisplay } from '../progress-display.js';
import { serviceFor } from './service.js';

interface Options {
  readonly environment: string;
  readonly source?: string;
  readonly restart?: boolean;
  readonly json?: boolean;
}

const MORE = `
Each line is an activity as POST /api/v3/activities takes it; blank lines are skipped. A line that is refused takes no
other down: the first are told by number, all are counted, and the command ends with 1.

Nothing counts twice, however often an import is repeated. A line without an id is known by its number and its content:
lines may be added at the end, or put right where they stand. Lines that are put in or taken out before others move
those, which then count as new. Two files in which the same line may stand at the same place need a --source each.

An import of a file that was interrupted goes on where it was when it is started again; if what it had sent was changed
meanwhile, it begins anew. One from standard input always begins anew.
`;

export function importNdjsonCommand(importing: Command, context: CliContext): void {
  importing
    .command('ndjson <file>')
    .description('each line of a file, or of standard input (-), an activity')
    .requiredOption('--environment <id>', 'where it goes', environment)
    .option('--source <name>', 'tells lines without an id from those at the same place of another file', text)
    .option('--restart', 'begins with the first line, though an import was interrupted behind it')
    .option('--json', 'the summary for programs')
    .addHelpText('after', MORE)
    .action((file: string, options: Options) => importLines(file, options, context));
}

async function importLines(file: string, options: Options, context: CliContext): Promise<void> {
  const { source, restart } = options;
  const service = serviceFor(options.environment, ['activities:write'], context);
  const display = new ProgressDisplay(context.err);
  const onProgress = display.showImport;
  const onRemark = (remark: string) => void context.err.write(`${remark}\n`);
  const input = file === '-' ? process.stdin : file;
  const checkpointPath = checkpointFile(context.stateFolder, [
    service.url,
    options.environment,
    source ?? '',
    resolve(file),
  ]);
  const summary = await untilInterrupted(context, (signal) =>
    importNdjson({ input, source, service, checkpointPath, restart, signal, onProgress, onRemark }),
  ).finally(() => display.end());
  tellRefused(summary, context);
  say(context, options, summary, linesSummaryText(summary));
  if (summary.lines.refused > 0) throw new ReportedFailure();
}

/** What is noted of one file says nothing of another, nor of another environment. */
function checkpointFile(folder: string, key: readonly string[]): string {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
  return join(folder, 'imports', `${name}.json`);
}

/** The first Ctrl-C lets what is on its way be answered, the second ends the process as ever. */
async function untilInterrupted<Result>(
  { err }: CliContext,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interrupted = new AbortController();
  const interrupt = () => {
    err.write('\nWaiting for the answers to what was sent; Ctrl-C again ends at once.\n');
    interrupted.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function tellRefused({ refusedLines, lines }: NdjsonSummary, { err }: CliContext): void {
  for (const { number, code, detail } of refusedLines) err.write(`line ${number}: ${code}: ${detail}\n`);
  if (lines.refused > refusedLines.length) err.write(`and ${lines.refused - refusedLines.length} more\n`);
}
