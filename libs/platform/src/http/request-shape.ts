import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../problems.js';
import { checkInput } from './input.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types of the body; none where the route takes no body. */
    consumes?: readonly string[];
    /** Whether the route looks at the query. */
    takesQuery?: boolean;
  }
}

const NoQuery = z.strictObject({});

/** Refuses what the route does not take, as its `@Endpoint` says, before a body is read. */
export function checkShape(request: FastifyRequest): void {
  const { consumes, takesQuery, ticket } = request.routeOptions.config;
  checkEscapes(request.url);
  if (takesQuery === false && Object.keys(request.query as object).length > 0) {
    const { ticket: _, ...others } = request.query as Record<string, unknown>;
    checkInput('query', NoQuery, ticket ? others : request.query);
  }
  if (consumes) checkMediaType(request, consumes);
  // A client that names its media type on every call would be told that nothing is no JSON.
  else if (!hasBody(request)) delete request.raw.headers['content-type'];
}

/** Fastify takes a query's broken escapes as plain text: a search would look for what nobody asked. */
function checkEscapes(url: string): void {
  const question = url.indexOf('?');
  if (question === -1) return;
  try {
    decodeURIComponent(url.slice(question));
  } catch (cause) {
    throw new Problem('invalid-request', 'The query is not percent-encoded UTF-8.', { cause });
  }
}

function checkMediaType(request: FastifyRequest, consumes: readonly string[]): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === '' && !hasBody(request)) throw new Problem('invalid-request', 'The request has no body.');
  if (consumes.includes(type)) return;
  throw new Problem('unsupported-media-type', `This call takes a body of ${consumes.join(' or ')}.`);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
