import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ANSWER_HEADERS } from '../openapi/answer-headers.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** What pages of other origins are let in; none where there is none. */
    cors?: Cors;
  }
}

// All that any route takes: of an address that is not there, and of a method that it does not take, a page shall read the
// answer that says so.
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** What scripts may read beside what browsers show of every answer. */
const EXPOSED = [...Object.keys(ANSWER_HEADERS), 'Request-Id', 'Allow', 'Accept-Encoding'].join(', ');

const TAKEN = [
  'Accept',
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'environment-id',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Tidemark-Lane',
];

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

// As long as Chromium keeps a preflight at most.
const PREFLIGHT_SECONDS = 7_200;

type Headers = Record<string, string>;

/**
 * Cross-origin resource sharing (WHATWG Fetch, 3.3) for callers that say who they are by a header and never by a cookie:
 * credentials of the browser are not asked for.
 */
export class Cors {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  /** For whatever is answered to a request of this origin. Of one that is not let in a browser shows the page nothing. */
  headersFor(origin: string | undefined): Headers {
    const exposed = { 'access-control-expose-headers': EXPOSED };
    if (this.origins.has('*')) return { 'access-control-allow-origin': '*', ...exposed };
    const vary = { vary: 'Origin' };
    return this.lets(origin) ? { ...vary, 'access-control-allow-origin': origin, ...exposed } : vary;
  }

  /** Whether a request asks, for a page that is let in, what it may send. */
  isPreflight({ method, headers }: FastifyRequest): boolean {
    return method === 'OPTIONS' && 'access-control-request-method' in headers && this.lets(headers.origin);
  }

  /**
   * What such a page may send. Headers that are asked for are let through, whatever they are: those of a CloudEvent are
   * anybody's to name, and tracers put theirs on every request.
   */
  preflightHeaders({ headers }: FastifyRequest): Headers {
    const asked = (headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim());
    const known = new Set(TAKEN.map((name) => name.toLowerCase()));
    const others = asked.filter((name) => TOKEN.test(name) && !known.has(name.toLowerCase()));
    const vary = ['Access-Control-Request-Headers', ...(this.origins.has('*') ? [] : ['Origin'])];
    return {
      vary: vary.join(', '),
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': [...TAKEN, ...others].join(', '),
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    };
  }

  private lets(origin: string | undefined): origin is string {
    return origin !== undefined && (this.origins.has('*') || this.origins.has(origin));
  }
}

/**
 * Answers OPTIONS, by what an address takes. It needs no token: a browser asks without one what a page may send, and the
 * routes are in the public document.
 */
export function answerOptions(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    const preflight = fastify.cors?.isPreflight(request) ? fastify.cors.preflightHeaders(request) : undefined;
    const allow = fastify.knownMethods.of(request);
    // The access hook, which comes next, says that there is nothing.
    if (allow === undefined && !preflight) return done();
    nothingMore(reply.headers({ ...preflight, ...(allow && { allow }) }));
  });
}

function nothingMore(reply: FastifyReply): void {
  void reply.status(204).send();
}
