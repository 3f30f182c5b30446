import { z } from 'zod';
import { Endpoint, type EndpointOptions, IdempotencyKey } from '#platform';

/** What is answered while the views lag; also at the command's own address. */
export const PendingCommand = z
  .object({ status: z.literal('pending') })
  .meta({ id: 'PendingCommand', examples: [{ status: 'pending' }] });

const LATER = {
  description: 'The command is in the log and will be judged; Location tells what became of it',
  body: PendingCommand,
  headers: { Location: 'always' },
} as const;

/** What may be wrong with an Idempotency-Key. */
export const OF_A_KEY = ['in-flight', 'idempotency-key-reused'] as const;

/** A route that sends one command: it takes an Idempotency-Key, and says where to ask while the views lag. */
export function CommandEndpoint({ headers, answers, problems = [], ...call }: EndpointOptions): MethodDecorator {
  return Endpoint({
    ...call,
    headers: IdempotencyKey.extend(headers?.shape ?? {}),
    answers: { ...answers, 202: LATER },
    problems: [...problems, ...OF_A_KEY],
  });
}

/** The headers of an answer that shows an object, and of one that made it. */
export const SHOWN = { ETag: 'always' } as const;
export const MADE = { ETag: 'always', Location: 'always' } as const;
