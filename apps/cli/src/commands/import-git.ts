import { type Command } from 'commander';
import { importGit, isComplete, progressDisplay, type Service, summaryText } from '#importing';
import { type Scope, signToken } from '#platform';
import { environment, text } from '../arguments.js';
import { serviceUrl, signing } from '../config.js';
import { BadNews, CommandFailed, type Surroundings } from '../surroundings.js';

interface Options {
  readonly environment: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

const NEEDED: readonly Scope[] = [
  'users:read',
  'users:write',
  'workspaces:read',
  'workspaces:write',
  'activities:write',
];
const TOKEN_SECONDS = 600;

export function importCommands(program: Command, surroundings: Surroundings): void {
  program
    .command('import')
    .description('bring history in from elsewhere')
    .command('git <repository>')
    .description('each author of the repository a user, each commit of all branches and tags an activity')
    .requiredOption('--environment <id>', 'where it goes', environment)
    .option('--workspace <name>', "the workspace it happened in (default: the repository's name)", text)
    .option('--json', 'the summary for programs')
    .action((repository: string, options: Options) => importRepository(repository, options, surroundings));
}

async function importRepository(repository: string, options: Options, surroundings: Surroundings): Promise<void> {
  const service = serviceFor(options.environment, surroundings);
  const display = progressDisplay(surroundings.err);
  const onProgress = display.show.bind(display);
  const { workspace } = options;
  const summary = await importGit({ repository, workspace, service, env: surroundings.env, onProgress }).finally(() =>
    display.end(),
  );
  surroundings.out.write(`${options.json ? JSON.stringify(summary, null, 2) : summaryText(summary)}\n`);
  if (!isComplete(summary)) throw new BadNews();
}

function serviceFor(environment: string, surroundings: Surroundings): Service {
  const url = serviceUrl(surroundings);
  if (url === undefined) {
    throw new CommandFailed(
      'Set TIDEMARK_URL, or start Tidemark with "npm start": it is not known where the service is.',
    );
  }
  const given = surroundings.env.TIDEMARK_TOKEN;
  return { url, environment, token: given ? async () => given : renewedToken(environment, surroundings) };
}

/** Tokens of ten minutes, each used for five: an import may take hours, a token that leaks does not last. */
function renewedToken(environment: string, surroundings: Surroundings): () => Promise<string> {
  const { secret, ...issuer } = signing(surroundings);
  const claims = {
    subject: 'tidemark-import',
    environments: [environment],
    scope: NEEDED.join(' '),
    ttl: TOKEN_SECONDS,
  };
  let token: Promise<string> | undefined;
  let madeAt = 0;
  return () => {
    const age = performance.now() - madeAt;
    if (token && age < (TOKEN_SECONDS / 2) * 1000) return token;
    madeAt = performance.now();
    return (token = signToken(secret, claims, issuer));
  };
}
