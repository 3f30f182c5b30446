import { type Command } from 'commander';
import { importGit, isComplete, summaryText } from '#importing';
import { type Scope } from '#platform';
import { environment, text } from '../arguments.js';
import { ReportedFailure, say, type CliContext } from '../context.js';
import { ProgressDisplay } from '../progress-display.js';
import { serviceFor } from './service.js';

interface Options {
  readonly environment: string;
  readonly workspace?: string;
  readonly mailmap: boolean;
  readonly json?: boolean;
}

const NEEDED: readonly Scope[] = [
  'users:read',
  'users:write',
  'workspaces:read',
  'workspaces:write',
  'activities:read',
  'activities:write',
];

export function importGitCommand(importing: Command, context: CliContext): void {
  importing
    .command('git <repository>')
    .description('each author of the repository a user, each commit of all branches and tags an activity')
    .requiredOption('--environment <id>', 'where it goes', environment)
    .option(
      '--workspace <name>',
      'the workspace it happened in (default: that of the last import, else a new one)',
      text,
    )
    .option('--no-mailmap', 'authors as the commits have them, and not as .mailmap does')
    .option('--json', 'the summary for programs')
    .action((repository: string, options: Options) => importRepository(repository, options, context));
}

async function importRepository(repository: string, options: Options, context: CliContext): Promise<void> {
  const service = serviceFor(options.environment, NEEDED, context);
  const display = new ProgressDisplay(context.err);
  const { workspace, mailmap } = options;
  const request = { repository, workspace, mailmap, service, env: context.env, onProgress: display.showImport };
  const summary = await importGit(request).finally(() => display.end());
  say(context, options, summary, summaryText(summary));
  if (!isComplete(summary)) throw new ReportedFailure();
}
