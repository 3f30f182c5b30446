import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { isRejection } from '#event-sourcing';
import {
  Endpoint,
  IdempotencyKey,
  inputErrors,
  ITEM_BYTES,
  mediaTypeOf,
  NDJSON,
  ownTurn,
  Problem,
  type ReadItem,
  type Slice,
  slicesOfJson,
  slicesOfLines,
} from '#platform';
import { CommandLog } from '../../commands/command-log.js';
import { senderOf } from '../../http/answers.js';
import { type CommandExchange } from '../../http/command-endpoint.js';
import { type UserDetails } from '../../decisions/user.js';
import { UserBatch, UserInput, UserLines } from './user.input.js';

const RejectedUser = z
  .object({ index: z.int().min(0), code: z.string(), detail: z.string() })
  .meta({ id: 'RejectedUser' });

const BatchAnswer = z.object({ created: z.int().min(0), rejected: z.array(RejectedUser) }).meta({
  id: 'RegisteredUsers',
  examples: [{ created: 1, rejected: [{ index: 1, code: 'username-taken', detail: 'the username is taken' }] }],
});
type Rejected = z.output<typeof RejectedUser>;

@ApiTags('users')
@Controller('api/v3/users/batch')
export class UserBatchController {
  constructor(private readonly commands: CommandLog) {}

  @Post()
  @Endpoint({
    id: 'registerUsers',
    summary: 'Register up to 10,000 users, each for itself',
    description:
      'Each user counts for itself: one that cannot be registered is in `rejected` with its place, and keeps none of the others out.',
    scope: 'users:write',
    headers: IdempotencyKey,
    body: { 'application/json': UserBatch, [NDJSON]: UserLines },
    bulk: true,
    answers: { 200: { body: BatchAnswer } },
    problems: ['in-flight', 'idempotency-key-reused'],
  })
  async register(exchange: CommandExchange<{ bulk: true }>): Promise<z.output<typeof BatchAnswer>> {
    const { request, body } = exchange;
    const slices = mediaTypeOf(request) === NDJSON ? await slicesOfLines(body) : await slicesOfArray(body);
    const { users, rejected } = await check(slices);
    const registrations = users.map(({ user }) => ({ type: 'RegisterUser' as const, user }));
    const verdicts = users.length === 0 ? [] : await this.commands.submitAll(senderOf(exchange), registrations);
    for (const [place, verdict] of verdicts.entries()) {
      if (!isRejection(verdict)) continue;
      rejected.push({ index: users[place]!.index, code: verdict.rejected, detail: verdict.detail });
    }
    return { created: itemsIn(slices) - rejected.length, rejected: rejected.sort((a, b) => a.index - b.index) };
  }
}

/** The users of a request that can be registered, and why the others cannot; others are heard between slices. */
async function check(slices: readonly Slice[]) {
  const rejected: Rejected[] = [];
  const users: { index: number; user: UserDetails }[] = [];
  let index = 0;
  for (const slice of slices) {
    for (const item of slice.read()) {
      const checked = checkItem(item);
      if (typeof checked === 'string') rejected.push({ index, code: 'invalid', detail: checked });
      else users.push({ index, user: checked });
      index += 1;
    }
    await ownTurn();
  }
  return { users, rejected };
}

const FAULTS = {
  'no-json': 'the line is no JSON',
  'no-utf8': 'the line is no UTF-8',
  'too-large': `a user takes at most ${ITEM_BYTES} bytes`,
};

function checkItem(item: ReadItem): UserDetails | string {
  if ('fault' in item) return FAULTS[item.fault];
  const checked = UserInput.safeParse(item.value);
  return checked.success ? checked.data : faultOf(checked.error, item.value);
}

const itemsIn = (slices: readonly Slice[]) => slices.reduce((sum, { items }) => sum + items, 0);

async function slicesOfArray(body: Buffer): Promise<Slice[]> {
  const { isArray, slices } = await slicesOfJson(body);
  if (isArray) return slices;
  throw new Problem('invalid-body', 'Send an array of users, or a user a line.', {
    errors: [{ pointer: '', code: 'invalid', detail: 'must be an array' }],
  });
}

function faultOf(error: z.ZodError, item: unknown): string {
  const [fault] = error.issues.flatMap((issue) => inputErrors('body', issue, item));
  return `${fault?.pointer ?? ''}: ${fault?.detail ?? 'is not valid'}`.replace(/^: /, '');
}
