import { z } from 'zod';

const seconds = z.int().min(0);

/** The headers of answers that mean something to a client; those of the transport aside. */
export const ANSWER_HEADERS = {
  ETag: z.string().meta({ description: "The object's version, for If-Match and If-None-Match.", examples: ['"3"'] }),
  Location: z.string().meta({ description: 'Where the object, or the outcome, is.', examples: ['/api/v3/users/1'] }),
  Link: z.string().meta({
    description: 'The next page, as `rel="next"`; absent on the last.',
    examples: ['<http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"'],
  }),
  'Tidemark-Source': z.enum(['redis', 'postgres']).meta({
    description: 'Where the figures come from: those of Postgres are the same, only slower.',
    examples: ['redis'],
  }),
  'Tidemark-Position': z.string().meta({
    description: 'Where the answer stands: a stream that is opened with it as `after` goes on from there.',
    examples: ['yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc'],
  }),
  'Tidemark-Up-To-Date': z.enum(['true', 'false']).meta({
    description: 'Whether the answer has all that there is; where not, the next request gets more at once.',
    examples: ['true'],
  }),
  'Cache-Control': z.string().meta({ description: 'Whether the answer may be kept.', examples: ['no-store'] }),
  'Retry-After': seconds.meta({ description: 'Seconds until it is worth while to send this again.', examples: [2] }),
  'WWW-Authenticate': z.string().meta({
    description: 'How to say who calls, and what was wrong with how it was said (RFC 6750).',
    examples: ['Bearer realm="tidemark"'],
  }),
} as const;

/** Which of them an answer has, and whether always. */
export type AnswerHeaders = Readonly<Partial<Record<keyof typeof ANSWER_HEADERS, 'always' | 'sometimes'>>>;
