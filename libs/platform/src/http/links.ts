import { type FastifyRequest } from 'fastify';

/**
 * The address of the request with other query parameters: absolute, where the request says a host that can be one,
 * else the path alone.
 */
export function linkTo(request: FastifyRequest, parameters: Record<string, string>): string {
  const origin = `${request.protocol}://${request.host}`;
  const isAbsolute = URL.canParse(origin);
  const url = new URL(request.url, isAbsolute ? origin : 'http://localhost');
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return isAbsolute ? url.href : `${url.pathname}${url.search}`;
}
