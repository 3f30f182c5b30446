import { type Command } from 'commander';
import { refusalOf, ServiceClient } from '#importing';
import { count, environment } from '../arguments.js';
import { CommandFailed, type CliContext } from '../context.js';
import { serviceFor } from './service.js';

interface Options {
  readonly environment: string;
  readonly user: number;
}

const MORE = `
Deletes the user, where that was not done before, and drops the key that seals what the log holds of them: nobody can read
it any more, in any copy of the log. Nothing brings it back. A user who was deleted or erased before may be named again.

What stays is said in docs/personal-data.md: ids, keyed hashes of names, activities, backups of the keys.
`;

// A command that waits for the views is told so by then, and can be repeated.
const PATIENCE = { patienceMs: 60_000, timeoutMs: 30_000 };

export function eraseCommand(program: Command, context: CliContext): void {
  program
    .command('erase')
    .description('delete a user for good: what the log holds of them cannot be read any more')
    .requiredOption('--environment <id>', 'where the user is, or was', environment)
    .requiredOption('--user <id>', 'the integer id of the user', count)
    .addHelpText('after', MORE)
    .action((options: Options) => erase(options, context));
}

async function erase(options: Options, context: CliContext): Promise<void> {
  const { environment, user } = options;
  const service = serviceFor(environment, ['admin'], context, 'tidemark-erase');
  const client = new ServiceClient(service, PATIENCE);
  const answer = await client.command('DELETE', `api/v3/users/${user}?erase=true`);
  if (answer.status === 404) throw new CommandFailed(`There never was a user ${user} in ${environment}.`);
  if (answer.status !== 204) throw new CommandFailed(refusalOf(answer).detail);
  context.out.write(
    `Erased user ${user} of ${environment}: deleted, and unreadable in the log. Backups of the keys are yours to let go of.\n`,
  );
}
