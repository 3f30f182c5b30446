import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';
import { ORIGIN } from './address.js';

declare module 'fastify' {
  interface FastifyInstance {
    knownMethods: KnownMethods;
  }
}

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which methods the routes of an application take, by their path. OPTIONS is one of them wherever there is another. */
export class KnownMethods {
  private readonly routes = new Map<string, KnownRoute>();

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      const isNew = !this.routes.has(url);
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      this.routes.set(url, route);
      for (const one of [method].flat()) route.methods.add(one);
      // A route of its own, so that the router says which addresses there are; `answerOptions` answers before it.
      if (isNew) fastify.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.status(204).send() });
    });
  }

  /** In the form of `Allow`; undefined where there is nothing. `*` stands for the service as a whole (RFC 9110, 9.3.7). */
  of(request: FastifyRequest): string | undefined {
    if (request.raw.url === '*') return listOf([...this.routes.values()]);
    const path = readablePath(request.url);
    const exact = this.routes.get(path);
    if (exact) return listOf([exact]);
    if (!request.is404) return listOf([this.routes.get(request.routeOptions.url!)!]);
    return listOf([...this.routes.values()].filter(({ pattern }) => pattern.test(path)));
  }

  /** Whether the address has a route of its own, and that does not take the method. */
  isAnother({ url, method }: FastifyRequest): boolean {
    const exact = this.routes.get(readablePath(url));
    return exact !== undefined && !exact.methods.has(method);
  }
}

/**
 * Whether the router found no route, or one that is meant for other addresses: where `/users/batch` does not take a method it
 * looks for a user named so.
 */
export function hasNoRoute(request: FastifyRequest): boolean {
  if (request.is404 || !request.routeOptions.url!.includes(':')) return request.is404;
  return request.server.knownMethods.isAnother(request);
}

/** What is wrong with a request that the router has no route for: its method, or its address. */
export function noRoute(request: FastifyRequest): Problem {
  const allow = request.server.knownMethods.of(request);
  if (allow === undefined) return new Problem('not-found', 'There is nothing at this address.');
  return new Problem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } });
}

function listOf(routes: readonly KnownRoute[]): string | undefined {
  const methods = new Set(routes.flatMap((route) => [...route.methods]));
  return methods.size === 0 ? undefined : [...methods].sort().join(', ');
}

/** As the router reads it, which had no route for it: without its query, unescaped within each segment. */
function readablePath(url: string): string {
  const segments = url.replace(ORIGIN, '').split('?')[0]!.split('/');
  return segments.map((segment) => unescaped(segment).replaceAll('/', '%2F')).join('/');
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function patternOf(url: string): RegExp {
  const plain = (segment: string) => segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : plain(segment)));
  return new RegExp(`^${segments.join('/')}$`);
}
