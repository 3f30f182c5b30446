import { type FastifyInstance } from 'fastify';
import { FairSemaphore } from '../fair-semaphore.js';

/** Fewer than there are connections to Postgres: whoever asks for something else finds one. */
const AT_ONCE = 8;
const OF_ONE_ENVIRONMENT = 4;

declare module 'fastify' {
  interface FastifyRequest {
    endTurn?: () => void;
  }
}

/**
 * Has environments take turns at heavy reads: one that asks for many at a time would have all connections to Postgres, and
 * the others wait behind it. A turn ends when the answer is made, whether or not there is still somebody to hear it.
 */
export function takeTurnsReading(fastify: FastifyInstance): void {
  const turns = new FairSemaphore(AT_ONCE, OF_ONE_ENVIRONMENT);
  fastify.decorateRequest('endTurn');
  fastify.addHook('preHandler', (request, reply, done) => {
    if (!request.routeOptions.config.call?.heavy) return done();
    void turns.run(request.caller?.environment ?? '', async () => {
      // Who went away while it waited is read nothing for.
      if (reply.raw.destroyed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      request.endTurn = resolve;
      done();
      await promise;
    });
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    request.endTurn?.();
    done(null, payload);
  });
}
