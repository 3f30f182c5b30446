import { type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { counter } from '../metrics.js';
import { type Problem } from '../problems.js';
import { addressOf } from './address.js';

const refused = counter('requests_refused_total', 'Requests that were refused with 401 or 403, by reason', ['reason']);

/** Whoever tries a thousand tokens a second must not fill the log: of each reason so many lines, all are counted. */
const LINES_A_MINUTE = 20;
const MINUTE_MS = 60_000;
const LONGEST_PATH = 200;

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it came with, from when the token was found good. */
    subject?: string;
  }
}

interface Minute {
  lines: number;
  leftOut: number;
}

/** The trace that attacks leave: who was refused, from where and why. Nothing of a token or a query is in it. */
export class Refusals {
  private readonly minutes = new Map<string, Minute>();

  constructor(private readonly logger: Logger) {}

  /** Of a problem of status 401 or 403. */
  note(problem: Problem, request: FastifyRequest): void {
    const reason = problem.more.reason ?? problem.code;
    refused.inc({ reason });
    const minute = this.minuteOf(reason);
    minute.lines += 1;
    if (minute.lines > LINES_A_MINUTE) minute.leftOut += 1;
    else this.logger.warn({ reason, status: problem.status, ...sourceOf(request) }, 'refused');
  }

  private minuteOf(reason: string): Minute {
    const known = this.minutes.get(reason);
    if (known) return known;
    const minute = { lines: 0, leftOut: 0 };
    this.minutes.set(reason, minute);
    setTimeout(() => this.end(reason, minute), MINUTE_MS).unref();
    return minute;
  }

  private end(reason: string, { leftOut }: Minute): void {
    this.minutes.delete(reason);
    if (leftOut > 0) this.logger.warn({ reason, leftOut }, 'more were refused within this minute');
  }
}

function sourceOf(request: FastifyRequest): object {
  const { id, method, subject } = request;
  const path = addressOf(request).slice(0, LONGEST_PATH);
  return { requestId: id, method, path, subject, address: request.outside?.client ?? request.raw.socket.remoteAddress };
}
