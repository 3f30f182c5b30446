import { type z } from 'zod';
import { type Problem } from '../problems.js';
import { type ErrorV2, type ProblemDetails } from './problem-schemas.js';

export interface ProblemBody {
  readonly mediaType: 'application/json' | 'application/problem+json';
  readonly body: z.output<typeof ErrorV2> | z.output<typeof ProblemDetails>;
}

export const isV2 = (path: string) => path.startsWith('/api/v2/');

/** The two published shapes of an error: v2's envelope, and problem details (RFC 9457) everywhere else. */
export function problemBody(problem: Problem, path: string, requestId: string): ProblemBody {
  if (isV2(path)) {
    const body = { status: 'error', error: { code: problem.code, message: problem.message } } as const;
    return { mediaType: 'application/json', body };
  }
  const body = {
    type: `/problems/${problem.code}` as const,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    instance: requestId,
    ...(problem.more.errors && { errors: [...problem.more.errors] }),
  };
  return { mediaType: 'application/problem+json', body };
}
