import { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { BODY_LIMIT } from '#platform';
import { BytesInHand, type Share } from '../ingestion/bytes-in-hand.js';

/** Bodies that a process reads and works on at the same time: parsed they take a few times as much. */
const MAX_BYTES_IN_HAND = 64 * 1024 * 1024;
/** What a request takes beside its body. */
const REQUEST_BYTES = 4 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** The size of a body whose length was not told, once it is there. */
    bodyBytes?: number;
  }
}

interface Weighed {
  readonly share: Share;
  /** From when its body is read until its answer is made: somebody who hangs up then frees no memory. */
  inWork: boolean;
}

/**
 * Turns requests of one route away with 429 before their bodies are read, while the process has as many bytes of them
 * in hand as it may. Nest adds its routes later, hence the hook on routes; a route's own hooks come after those that
 * say who calls, so that nobody without a token takes room.
 */
export function weighBodies(fastify: FastifyInstance, method: string, url: string): void {
  const hooks = weighingHooks(new BytesInHand(MAX_BYTES_IN_HAND));
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.url !== url || ![route.method].flat().includes(method)) return;
    Object.assign(route, hooks);
  });
}

function weighingHooks(bytes: BytesInHand): Pick<RouteOptions, 'onRequest' | 'preParsing' | 'preHandler' | 'onSend'> {
  const requests = new WeakMap<FastifyRequest, Weighed>();
  return {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      // Its end was told already, and will not be again.
      if (reply.raw.destroyed) return;
      const weighed = { share: bytes.take(request.caller!.environment, weightOf(request)), inWork: false };
      requests.set(request, weighed);
      reply.raw.once('close', () => {
        if (!weighed.inWork) weighed.share.release();
      });
    },
    preParsing: (request, _reply, payload, done) => {
      // Told at once, not by a promise: a body flows from when somebody listens, and its parser must hear all of it.
      if (lengthOf(request) === undefined) weighAtEnd(request, requests.get(request)?.share, payload);
      done(null, payload);
    },
    preHandler: async (request) => {
      const weighed = requests.get(request);
      if (weighed) weighed.inWork = true;
    },
    onSend: async (request) => requests.get(request)?.share.release(),
  };
}

/** A body of unknown length counts as the largest there may be until it is there. */
function weighAtEnd(request: FastifyRequest, share: Share | undefined, payload: NodeJS.ReadableStream): void {
  let length = 0;
  payload.on('data', (chunk: Buffer) => (length += chunk.length));
  payload.on('end', () => {
    request.bodyBytes = length;
    share?.shrink(length + REQUEST_BYTES);
  });
}

function weightOf(request: FastifyRequest): number {
  return Math.min(lengthOf(request) ?? BODY_LIMIT, BODY_LIMIT) + REQUEST_BYTES;
}

/** As the client tells it; undefined where it does not. */
function lengthOf({ headers }: FastifyRequest): number | undefined {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  return headers['transfer-encoding'] === undefined ? 0 : undefined;
}
