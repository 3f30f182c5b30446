import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Caller, Problem } from '#platform';
import { type Answer, type Pending, type Sender } from '../commands/command-log.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The sender of a command as the request says it; throws `invalid-request` for an Idempotency-Key that is none. */
export function senderOf(caller: Caller, request: FastifyRequest): Sender {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return { environment: caller.environment, subject: caller.subject };
  if (typeof key !== 'string' || !KEY.test(key)) {
    const detail = '1 to 255 visible ASCII characters';
    throw new Problem('invalid-request', `The header Idempotency-Key takes ${detail}.`, {
      errors: [{ parameter: 'Idempotency-Key', code: 'invalid', detail }],
    });
  }
  return { environment: caller.environment, subject: caller.subject, idempotencyKey: key };
}

export function isPending(answer: Answer): answer is Pending {
  return 'pending' in answer;
}

/** 202: the command is in the log, and this is where its outcome will be. */
export function answerPending({ pending }: Pending, reply: FastifyReply): { status: 'pending' } {
  void reply.status(202).header('location', `/api/v3/commands/${pending}`);
  return { status: 'pending' };
}
