import { Body, Controller, Headers, Inject, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isRejection } from '#event-sourcing';
import { Caller, Endpoint, IdempotencyKey, inputErrors, limitedItems, linesOf, NDJSON, Problem } from '#platform';
import { senderOf } from '../../http/answers.js';
import { RegisterUsers } from '../commands/register-users.js';
import { type UserDetails } from '../domain/user.js';
import { UserBatch, UserInput, UserLines } from './user.input.js';

const RejectedUser = z.object({ index: z.int().min(0), code: z.string(), detail: z.string() });

const BatchAnswer = z.object({ created: z.int().min(0), rejected: z.array(RejectedUser) }).meta({
  id: 'RegisteredUsers',
  examples: [{ created: 1, rejected: [{ index: 1, code: 'username-taken', detail: 'the username is taken' }] }],
});
type Rejected = z.output<typeof RejectedUser>;

@ApiTags('users')
@Controller('api/v3/users/batch')
export class UserBatchController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post()
  @Endpoint({
    id: 'registerUsers',
    summary: 'Register up to 10,000 users, each for itself',
    scope: 'users:write',
    headers: IdempotencyKey,
    body: { 'application/json': UserBatch, [NDJSON]: UserLines },
    answers: { 200: { body: BatchAnswer } },
    problems: ['in-flight', 'idempotency-key-reused'],
  })
  async register(
    @Caller() caller: Caller,
    @Body() body: unknown,
    @Headers('content-type') mediaType: string,
    @Req() request: FastifyRequest,
  ): Promise<z.output<typeof BatchAnswer>> {
    const items = mediaType.startsWith(NDJSON) ? linesOf(body as Buffer).map(readLine) : arrayOf(body);
    const rejected: Rejected[] = [];
    const users: { index: number; user: UserDetails }[] = [];
    for (const [index, item] of items.entries()) {
      const checked = UserInput.safeParse(item);
      if (checked.success) users.push({ index, user: checked.data });
      else rejected.push({ index, code: 'invalid', detail: faultOf(checked.error, item) });
    }
    const command = new RegisterUsers(
      senderOf(caller, request),
      users.map(({ user }) => user),
    );
    const verdicts = users.length === 0 ? [] : await this.commands.execute(command);
    for (const [place, verdict] of verdicts.entries()) {
      if (!isRejection(verdict)) continue;
      rejected.push({ index: users[place]!.index, code: verdict.rejected, detail: verdict.detail });
    }
    return { created: items.length - rejected.length, rejected: rejected.sort((a, b) => a.index - b.index) };
  }
}

function arrayOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return limitedItems(body);
  throw new Problem('invalid-body', 'Send an array of users, or a user a line.', {
    errors: [{ pointer: '', code: 'invalid', detail: 'must be an array' }],
  });
}

/** A line that is no JSON is that item's fault alone: as text it is no user. */
function readLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return 'a line that is no JSON';
  }
}

function faultOf(error: z.ZodError, item: unknown): string {
  const [fault] = error.issues.flatMap((issue) => inputErrors('body', issue, item));
  return `${fault?.pointer ?? ''}: ${fault?.detail ?? 'is not valid'}`.replace(/^: /, '');
}
