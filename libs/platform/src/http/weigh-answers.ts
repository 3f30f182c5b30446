import { type FastifyInstance, type FastifyReply } from 'fastify';
import { type BytesInHand } from './body/bytes-in-hand.js';

/** So much the buffers of a connection take at once: it is no matter of the process whether anybody reads it. */
const LIGHT_BYTES = 64 * 1024;
const SAFE = new Set(['GET', 'HEAD']);

/**
 * Has large answers take room until their clients have taken them: whoever asks for much and reads nothing would have the
 * process keep all of it. Where there is no room what was only asked for is refused; what was done is told all the same, and
 * takes the room of what comes next. A client that takes nothing of it for `timeoutMs` is cut off.
 */
export function weighAnswers(fastify: FastifyInstance, inHand: BytesInHand, timeoutMs: number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
    const { socket } = request.raw;
    if (bytes <= LIGHT_BYTES || socket.destroyed) return done(null, payload);
    const share = inHand.shareOf(request.caller?.environment ?? '');
    try {
      if (SAFE.has(request.method)) share.grow(bytes);
      else share.add(bytes);
    } catch (error) {
      // They say where the next page is, and this is none.
      for (const header of ['link', 'tidemark-position', 'tidemark-up-to-date']) void reply.removeHeader(header);
      return done(error as Error);
    }
    // An answer that waits behind another of its connection never hears that the connection is closed.
    const release = () => {
      socket.off('close', release);
      share.release();
    };
    socket.once('close', release);
    reply.raw.once('close', release);
    limitTaking(reply, timeoutMs);
    done(null, payload);
  });
}

/** By Node's own time-out, which sees the progress within a write as well and ends the connection. */
function limitTaking({ raw }: FastifyReply, timeoutMs: number): void {
  raw.setTimeout(timeoutMs);
  // Before Node sets the time for which a connection may be idle: the next answer may take as long as it needs.
  raw.prependOnceListener('finish', () => raw.setTimeout(0));
}
