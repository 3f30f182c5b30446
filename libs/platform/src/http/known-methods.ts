import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    knownMethods: KnownMethods;
  }
}

/** Which methods the routes of an application take, by their path. */
export class KnownMethods {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const one of [method].flat()) route.methods.add(one);
      this.routes.set(url, route);
    });
  }

  at(path: string): string[] {
    const routes = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(routes.flatMap(({ methods }) => [...methods]))].sort();
  }
}

/** What is wrong with a request that the router has no route for: its method, or its address. */
export function noRoute(request: FastifyRequest): Problem {
  const methods = request.server.knownMethods.at(request.url.split('?')[0]!);
  if (methods.length === 0) return new Problem('not-found', 'There is nothing at this address.');
  const allow = methods.join(', ');
  return new Problem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } });
}

function patternOf(url: string): RegExp {
  const plain = (segment: string) => segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : plain(segment)));
  return new RegExp(`^${segments.join('/')}$`);
}
