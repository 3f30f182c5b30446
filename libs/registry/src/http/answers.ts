import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { type Caller, checkedHeaders, type Content, IdempotencyKey } from '#platform';
import { type Answer, type Pending, type Sender } from '../commands/command-log.js';
import { type PendingCommand } from './command-endpoint.js';

/** The sender of a command as the request says it; throws `invalid-request` for an Idempotency-Key that is none. */
export function senderOf(caller: Caller, request: FastifyRequest): Sender {
  const { 'Idempotency-Key': key } = checkedHeaders(IdempotencyKey, request);
  const { environment, subject } = caller;
  return { environment, subject, ...(key !== undefined && { idempotencyKey: key }) };
}

export function isPending(answer: Answer): answer is Pending {
  return 'pending' in answer;
}

/** 202: the command is in the log, and this is where its outcome will be. */
export function answerPending({ pending }: Pending, reply: FastifyReply): z.output<typeof PendingCommand> {
  void reply.status(202).header('location', `/api/v3/commands/${pending}`);
  return { status: 'pending' };
}

/** A patch may come as what it is, or as plain JSON. */
export function patchOf<Patch extends z.ZodType>(patch: Patch): Content {
  return { 'application/json': patch, 'application/merge-patch+json': patch };
}
