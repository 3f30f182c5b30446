import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { FairSemaphore } from '../fair-semaphore.js';
import { type Call } from '../openapi/operation.js';

/** How heavy a read is: `long` ones may take as long as Postgres may count. */
type Heavy = 'short' | 'long';

/** Together fewer than there are connections to Postgres: whoever asks for something else finds one. */
const TURNS = {
  short: { atOnce: 8, ofOneEnvironment: 4 },
  long: { atOnce: 3, ofOneEnvironment: 2 },
};
const PATIENCE_MS = 5_000;

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Waits for a turn at a heavy read, where only on the way it turns out to be one; one a request. Throws `overloaded` where
     * none comes in time, and does not go on for a client that went away.
     */
    takeTurn: (heavy: Heavy) => Promise<void>;
    endTurn?: () => void;
  }
}

/**
 * Has environments take turns at heavy reads: one that asks for many at a time would have all connections to Postgres, and
 * the others wait behind it. Long ones have turns of their own, so that no other waits for them. A turn ends when the answer is
 * made, whether or not there is still somebody to hear it. Who gets none within `patienceMs` is refused with `overloaded`.
 */
export function takeTurnsReading(fastify: FastifyInstance, patienceMs = PATIENCE_MS): void {
  const turnsOf = ({ atOnce, ofOneEnvironment }: (typeof TURNS)[Heavy]) =>
    new FairSemaphore(atOnce, ofOneEnvironment, patienceMs);
  const turns = { short: turnsOf(TURNS.short), long: turnsOf(TURNS.long) };
  fastify.decorateRequest('endTurn');
  fastify.decorateRequest('takeTurn', function (heavy) {
    return beginTurn(turns[heavy], this);
  });
  fastify.addHook('preHandler', async (request) => {
    const heavy = heavinessOf(request.routeOptions.config.call);
    if (heavy) await request.takeTurn(heavy);
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    request.endTurn?.();
    done(null, payload);
  });
}

const heavinessOf = (call?: Call): Heavy | undefined => (call?.heavy === 'long' ? 'long' : call?.heavy && 'short');

/** Resolves when the turn begins. */
function beginTurn(turns: FairSemaphore, request: FastifyRequest): Promise<void> {
  return new Promise((begin, refuse) => {
    const turn = turns.run(request.caller?.environment ?? '', async () => {
      // Who went away while it waited is read nothing for.
      if (request.raw.socket.destroyed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      request.endTurn = resolve;
      begin();
      await promise;
    });
    turn.catch(refuse);
  });
}
