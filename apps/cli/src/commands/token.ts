import { type Command } from 'commander';
import { SCOPES, type Scope, signToken } from '#platform';
import { duration, environments, scopes, text } from '../arguments.js';
import { signing } from '../config.js';
import { type CliContext } from '../context.js';

interface Options {
  readonly environment: string[];
  readonly scope?: Scope[];
  readonly ttl: number;
  readonly subject: string;
}

export function tokenCommand(program: Command, context: CliContext): void {
  program
    .command('token')
    .description('print a token for these environments')
    .requiredOption('--environment <id>', 'what it opens; repeat it or separate by commas', environments)
    .option('--scope <scope>', 'what it allows; repeat it or separate by commas (default: everything)', scopes)
    .option('--ttl <time>', 'how long it is good: a number and s, m, h or d', duration, duration('1h'))
    .option('--subject <name>', 'whom it names', text, 'tidemark-cli')
    .action(async ({ environment, scope = [...SCOPES], ttl, subject }: Options) => {
      const { secret, ...issuer } = signing(context);
      const claims = { subject, environments: [...new Set(environment)], scope: [...new Set(scope)].join(' '), ttl };
      context.out.write(`${await signToken(secret, claims, issuer)}\n`);
    });
}
