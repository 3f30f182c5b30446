import { type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types of the body; absent where the call takes none. */
    consumes?: readonly string[];
    /** Whether the call has query parameters, which it then checks itself. */
    hasQuery?: boolean;
  }
}

/**
 * What can be told of a request before its body is read. Throws `unsupported-media-type`, or `invalid-request` for a
 * body that is missing and for parameters where the call has none.
 */
export function checkBeforeBody(request: FastifyRequest): void {
  const { consumes, hasQuery, ticket } = request.routeOptions.config;
  if (!hasQuery) refuseParameters(Object.keys(request.query as object).filter((name) => !(ticket && name === 'ticket')));
  if (consumes) requireBody(request, consumes);
  // Some clients name a media type with every request; without a body it means nothing.
  else if (!hasBody(request)) delete request.headers['content-type'];
}

function refuseParameters(names: string[]): void {
  if (names.length === 0) return;
  const errors = names.slice(0, 50).map((parameter) => ({ parameter, code: 'unknown', detail: 'there is no such parameter' }));
  throw new Problem('invalid-request', `This call has no query parameters, but ${errors[0]!.parameter} was sent.`, { errors });
}

function requireBody(request: FastifyRequest, consumes: readonly string[]): void {
  if (!hasBody(request)) throw new Problem('invalid-request', 'The request has no body.');
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (consumes.includes(mediaType)) return;
  throw new Problem('unsupported-media-type', `This call takes ${consumes.join(', ')}.`);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The route's own path where one matched, since a router may decode what the raw address spells differently. */
export function pathOf(request: FastifyRequest): string {
  return (request.is404 ? undefined : request.routeOptions?.url) ?? request.url.split('?')[0] ?? '';
}
