import { type FastifyRequest } from 'fastify';

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * Where a request goes: the pattern of the route that the router chose, since its reading of the text (escapes,
 * whole URLs) is the one that counts. The text itself where there is no route.
 */
export function addressOf(request: FastifyRequest): string {
  return (request.is404 ? undefined : request.routeOptions.url) ?? request.url.split('?')[0] ?? '';
}

/** The address of the request with other query parameters, absolute where the request says a host that can be. */
export function linkTo(request: FastifyRequest, parameters: Record<string, string>): string {
  const origin = `${request.protocol}://${request.host}`;
  const known = Boolean(request.host) && URL.canParse(origin);
  const url = new URL(`${known ? origin : 'http://localhost'}${request.url.replace(ORIGIN, '')}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return known ? url.href : `${url.pathname}${url.search}`;
}
