import { type FastifyRequest } from 'fastify';
import { withKnownTokens } from '../known-tokens.js';
import { Problem } from '../problems.js';
import { addressOf } from './address.js';
import { hasNoRoute, noRoute } from './known-methods.js';
import { isV2 } from './problem-body.js';
import { checkedHeaders, EnvironmentV3 } from './request-headers.js';
import { checkShape } from './request-shape.js';
import { challenge, type Principal, unauthorized, type VerifyToken } from '../tokens.js';
import { type Scope } from '../claims.js';

/** Who calls and for which environment. */
export interface Caller extends Principal {
  readonly environment: string;
  /** What the caller came with in place of a token: whoever lets them in by it notes its use. */
  readonly ticket?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
  interface FastifyInstance {
    /** Whom a ticket stands for; the room that issues tickets decorates the application with it. */
    ticketHolder?(ticket: string): Promise<Principal | undefined>;
  }
}

/**
 * Fastify's first hook on everything under `/api/`: it runs before a body is read, so that nobody without a token
 * and the scope of the route costs more than this. Routes name their scope by `@Endpoint`.
 */
export function accessHook(verify: VerifyToken) {
  const verifyOnce = withKnownTokens(verify);
  return async (request: FastifyRequest): Promise<void> => {
    // Of an address that takes anything at all this is answered already.
    if (request.is404 && request.method === 'OPTIONS') throw noRoute(request);
    if (addressOf(request).startsWith('/api/')) await admit(request);
    else if (hasNoRoute(request)) throw noRoute(request);
  };

  async function admit(request: FastifyRequest): Promise<void> {
    const principal = await principalOf(request, verifyOnce);
    request.subject = principal.subject;
    if (hasNoRoute(request)) throw noRoute(request);
    const environment = environmentOf(request, principal);
    requireScope(principal, [request.routeOptions.config.access?.scope ?? []].flat());
    request.caller = { ...principal, environment };
    checkShape(request);
  }
}

/** A good token goes first; where there is none, a ticket stands for it on the routes that take one. */
async function principalOf(request: FastifyRequest, verify: VerifyToken): Promise<Principal> {
  try {
    return await verify(bearerToken(request));
  } catch (error) {
    const holder = await ticketHolder(request);
    if (!holder) throw error;
    return holder;
  }
}

async function ticketHolder(request: FastifyRequest): Promise<(Principal & { ticket: string }) | undefined> {
  const { ticket } = request.query as { ticket?: unknown };
  if (ticket === undefined || !request.routeOptions.config.access?.ticket) return undefined;
  if (typeof ticket !== 'string' || ticket === '') {
    throw new Problem('invalid-request', 'ticket: may be given once, and not empty.', {
      errors: [{ parameter: 'ticket', code: 'invalid', detail: 'may be given once, and not empty' }],
    });
  }
  const principal = await request.server.ticketHolder?.(ticket);
  if (!principal)
    throw unauthorized('The ticket is not valid, or has expired: get another one.', undefined, 'bad-ticket');
  return { ...principal, ticket };
}

function bearerToken({ headers: { authorization = '' } }: FastifyRequest): string {
  const [, token] = /^Bearer +([^\s]+) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  // Whoever sends none, or other credentials, is told of no error: it may not have known that there is need of any.
  const malformed = /^Bearer\b/i.test(authorization);
  throw new Problem('unauthorized', 'Send "Authorization: Bearer <token>".', {
    headers: challenge(malformed ? { error: 'invalid_request' } : {}),
    reason: malformed ? 'malformed-token' : 'no-token',
  });
}

function environmentOf(request: FastifyRequest, { environments }: Principal): string {
  const { 'environment-id': named } = checkedHeaders(EnvironmentV3, request);
  const only = environments.length === 1 && !isV2(addressOf(request)) ? environments[0] : undefined;
  const environment = named ?? only;
  if (environment === undefined) {
    throw new Problem('environment-required', 'Send the header environment-id with the environment that is meant.', {
      errors: [{ parameter: 'environment-id', code: 'required', detail: 'is required' }],
    });
  }
  if (!environments.includes(environment)) {
    throw new Problem('environment-forbidden', `The token does not name the environment ${environment}.`);
  }
  return environment;
}

/** Throws `missing-scope` where a caller has none of these; none at all let everybody in. */
export function requireScope({ scopes }: Pick<Principal, 'scopes'>, allowed: readonly Scope[]): void {
  if (allowed.length === 0 || allowed.some((scope) => scopes.has(scope))) return;
  throw new Problem('missing-scope', `This call needs the scope ${allowed.join(' or ')}.`, {
    headers: challenge({ error: 'insufficient_scope', scope: allowed.join(' ') }),
  });
}
