import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { type Caller, checkedHeaders, type Content, IdempotencyKey } from '#platform';
import { type Answer, type Sender } from '../commands/command-log.js';
import { type PendingCommand } from './command-endpoint.js';
import { entityTag, isFresh } from './preconditions.js';

/** The sender of a command as the request says it; throws `invalid-request` for an Idempotency-Key that is none. */
export function senderOf(caller: Caller, request: FastifyRequest): Sender {
  const { 'Idempotency-Key': key } = checkedHeaders(IdempotencyKey, request);
  const { environment, subject } = caller;
  return { environment, subject, ...(key !== undefined && { idempotencyKey: key }) };
}

/**
 * The body that answers a command, whose status and headers it sets: at once, when it is asked for later, and when it is
 * sent again under its key. `shown` is the object as the command left it, if there is one to show.
 */
export function answerCommand<Shown>(
  answer: Answer,
  shown: Shown | undefined,
  reply: FastifyReply,
): Shown | z.output<typeof PendingCommand> | undefined {
  if ('pending' in answer) {
    void reply.status(202).header('location', `/api/v3/commands/${answer.pending}`);
    return { status: 'pending' };
  }
  const { type, id, did, version } = answer;
  if (did === 'create') void reply.status(201).header('location', `/api/v3/${type}s/${id}`);
  void (shown === undefined ? reply.status(204) : reply.header('etag', entityTag(version)));
  return shown;
}

/** The body that shows an object; none, with 304, where the client has it in this version already. */
export function answerObject<Shown>(
  version: number,
  shown: Shown,
  request: FastifyRequest,
  reply: FastifyReply,
): Shown | undefined {
  void reply.header('etag', entityTag(version));
  if (!isFresh(request.headers['if-none-match'], version)) return shown;
  void reply.status(304);
  return undefined;
}

/** A patch may come as what it is, or as plain JSON. */
export function patchOf<Patch extends z.ZodType>(patch: Patch): Content {
  return { 'application/json': patch, 'application/merge-patch+json': patch };
}
