import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { isRejection } from '#event-sourcing';
import { Endpoint, type Exchange, notFound } from '#platform';
import { acceptedOrThrow } from './commands/command-log.js';
import { timeOfCommandId } from './stored/command-id.js';
import { shownUser } from './users/http/shown-user.js';
import { FullUser } from './users/http/user.views.js';
import { shownNamed } from './workspaces/http/named.controllers.js';
import { Workspace } from './workspaces/http/workspaces.input.js';
import { type Verdict } from './decisions/registry.state.js';
import { answerCommand } from './http/answers.js';
import { MADE, PendingCommand } from './http/command-endpoint.js';
import { Outcomes } from './commands/outcomes.js';

const CommandPath = z.strictObject({
  id: z
    .uuid({ version: 'v7', message: 'must be the id of a command' })
    .meta({ examples: ['019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11'] }),
});

// One object with the members of all: clients that are generated cannot tell kinds apart that have no common mark.
const Outcome = z
  .object({ ...PendingCommand.shape, ...FullUser.shape, ...Workspace.shape })
  .partial()
  .meta({
    id: 'CommandOutcome',
    description: 'A status while it is pending; then the user, workspace or group as the command left it.',
    examples: [{ status: 'pending' }, { id: 1, name: 'Tide' }],
  });

// A command that is pending is either judged by then or its views are a day behind.
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

@ApiTags('commands')
@Controller('api/v3/commands')
export class CommandsController {
  constructor(
    private readonly outcomes: Outcomes,
    private readonly queries: QueryBus,
  ) {}

  @Get(':id')
  @Endpoint({
    id: 'getCommand',
    summary: 'What became of a command that was answered with 202',
    description: 'For 24 hours. What would show a user who has been deleted since is not found.',
    scope: ['users:read', 'users:write', 'workspaces:read', 'workspaces:write', 'admin'],
    path: CommandPath,
    answers: {
      200: { description: 'It is pending, or it changed this', body: Outcome, headers: { ETag: 'sometimes' } },
      201: { description: 'It made this', body: Outcome, headers: MADE },
      204: { description: 'It is done, and there is nothing to show' },
    },
    // What the log may judge of a command; all else is said before there is a command.
    problems: ['username-taken', 'email-taken', 'stale-version', 'invalid-body', 'idempotency-key-reused'],
  })
  async get(exchange: Exchange<{ path: typeof CommandPath }>) {
    const { environment, scopes } = exchange.caller;
    const { id } = exchange.path;
    const verdict = await this.outcomes.find(environment, id);
    if (verdict === undefined) return pendingOrUnknown(id);
    if (!mayKnow(verdict, scopes)) throw notFound('command');
    const accepted = acceptedOrThrow(verdict);
    const shown = shownNamed(accepted) ?? (await shownUser(this.queries, environment, accepted));
    return answerCommand(exchange, accepted, shown);
  }
}

/** Whether a token could have sent the command, or may read what it is about: nobody else is shown what became of it. */
function mayKnow(verdict: Verdict, scopes: ReadonlySet<string>): boolean {
  const mayKnowOf = (subject: Subject) =>
    // Who may erase users may delete them with nothing else.
    scopes.has(`${subject}:read`) || scopes.has(`${subject}:write`) || (subject === 'users' && scopes.has('admin'));
  return subjectsOf(verdict).some(mayKnowOf);
}

type Subject = 'users' | 'workspaces';

function subjectsOf(verdict: Verdict): readonly Subject[] {
  if (!isRejection(verdict)) return [verdict.accepted.type === 'user' ? 'users' : 'workspaces'];
  // Of the others nobody can tell, nor do they tell anything of anybody.
  return ['username-taken', 'email-taken', 'invalid-body'].includes(verdict.rejected)
    ? ['users']
    : ['users', 'workspaces'];
}

function pendingOrUnknown(id: string): { status: 'pending' } {
  const age = Date.now() - timeOfCommandId(id);
  if (age > LONGEST_WAIT_MS || age < -60_000) throw notFound('command');
  return { status: 'pending' };
}
