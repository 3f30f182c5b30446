import { type FastifyRequest } from 'fastify';

export const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * Where a request goes: the pattern of the route that the router chose, since its reading of the text (escapes,
 * whole URLs) is the one that counts. The text itself where there is no route.
 */
export function addressOf(request: FastifyRequest): string {
  return (request.is404 ? undefined : request.routeOptions.url) ?? request.url.split('?')[0] ?? '';
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What links begin with, in place of the request's own host. */
    publicUrl?: string;
  }
}

/** What the addresses of the service begin with from outside: as the settings say, else as trusted proxies do. */
export function publicBase({ server, outside }: FastifyRequest): string | undefined {
  return server.publicUrl ?? outside?.base;
}

/**
 * The address of the request with other query parameters, without those that are undefined, absolute where it is known from
 * outside: by the settings, by the proxies that it came by, or by its host.
 */
export function linkTo(request: FastifyRequest, parameters: Record<string, string | undefined>): string {
  const origin = publicBase(request) ?? (request.host ? `${request.protocol}://${request.host}` : undefined);
  const url = new URL(`${origin ?? 'http://localhost'}${request.url.replace(ORIGIN, '')}`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return origin === undefined ? `${url.pathname}${url.search}` : url.href;
}
