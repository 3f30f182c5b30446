import { z } from 'zod';
import {
  Endpoint,
  type EndpointOptions,
  type Exchange,
  type ExchangeMethod,
  IdempotencyKey,
  type Parts,
} from '#platform';

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
const OF_A_KEY = ['in-flight', 'idempotency-key-reused'] as const;

interface Keyed {
  readonly headers: typeof IdempotencyKey;
}

/** The exchange of a route that sends one command. */
export type CommandExchange<Of extends Parts = object> = Exchange<Of & Keyed>;

/** A route that sends one command: it takes an Idempotency-Key, and says where to ask while the views lag. */
export function CommandEndpoint<const Options extends EndpointOptions>(options: Options) {
  const { headers, answers, problems = [], ...call }: EndpointOptions = options;
  const endpoint: EndpointOptions = {
    ...call,
    headers: IdempotencyKey.extend(headers?.shape ?? {}),
    answers: { ...answers, 202: LATER },
    problems: [...problems, ...OF_A_KEY],
  };
  return Endpoint(endpoint) as ExchangeMethod<Options & Keyed>;
}

/** A patch may come as what it is, or as plain JSON. */
export function patchOf<Patch extends z.ZodType>(patch: Patch) {
  return { 'application/json': patch, 'application/merge-patch+json': patch };
}

/** The headers of an answer that shows an object, and of one that made it. */
export const SHOWN = { ETag: 'always' } as const;
export const MADE = { ETag: 'always', Location: 'always' } as const;
