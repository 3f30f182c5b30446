import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger, stdSerializers } from 'pino';
import { isOutage } from '../outage.js';
import { PROBLEMS, Problem, type ProblemCode } from '../problems.js';
import { addressOf } from './address.js';
import { problemBody } from './problem-body.js';
import { Refusals } from './refusals.js';

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const { mediaType, body } = problemBody(problem, addressOf(request), request.id);
  void reply
    .status(problem.status)
    .headers(problem.more.headers ?? {})
    .type(`${mediaType}; charset=utf-8`)
    // A string, since Fastify would serialise an object by the media type it knows.
    .send(JSON.stringify(body));
}

/** Turns whatever was thrown into an answer; what is not meant for the client goes to the log, with the request's id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** An outage fails every request: each is one line, without the stack that says where that was noticed. */
  private readonly outages: Logger;
  private readonly refusals: Refusals;

  constructor(private readonly logger: Logger) {
    this.refusals = new Refusals(logger);
    this.outages = logger.child({}, { serializers: { err: withoutStack } });
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = asProblem(thrown);
    const requestId = request.id;
    if (problem.status === 503) this.outages.error({ err: problem.cause, requestId }, problem.message);
    else if (problem.status >= 500) this.logger.error({ err: thrown, requestId }, problem.message);
    else if (problem.status === 401 || problem.status === 403) this.refusals.note(problem, request);
    if (reply.sent || reply.raw.headersSent) return;
    sendProblem(problem, request, reply);
  }
}

function withoutStack(thrown: Error): object {
  const { type, message, code } = stdSerializers.err(thrown);
  // Of a host with several addresses Node says no more than the code.
  return { type, message: message || String(code) };
}

const BY_STATUS: Record<number, ProblemCode> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'overloaded',
  431: 'headers-too-large',
};

/** Fastify's and Nest's own errors by their status; whatever else is not our own mistake is an outage. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOf(thrown);
  const code = BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : undefined);
  if (code) return new Problem(code, clientText(code, thrown), { cause: thrown });
  if (status === 503 || (status === NO_STATUS && isOutage(thrown))) {
    return new Problem('unavailable', 'A server that this needs does not answer. Try again in a moment.', {
      headers: { 'retry-after': '2' },
      cause: thrown,
    });
  }
  return new Problem('internal', 'Something went wrong here; the log has the cause under this instance.', {
    cause: thrown,
  });
}

function clientText(code: ProblemCode, thrown: unknown): string {
  if (code === 'invalid-request') return `The request cannot be read: ${(thrown as Error).message}`;
  return code === 'not-found' ? 'There is nothing at this address.' : PROBLEMS[code].advice;
}

const NO_STATUS = 0;

function statusOf(thrown: unknown): number {
  const { statusCode } = (thrown ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : NO_STATUS;
}
