import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { bodyTypes } from '../request-shape.js';
import { type BytesInHand, type Share } from './bytes-in-hand.js';
import { decoderOf, unpack } from './codings.js';
import { collect, HeldBytes, tooLarge } from './collect.js';
import { parseJson } from './parse-json.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the body takes of the room of the process, until the answer is made. */
    bodyShare?: Share;
  }
}

/** The largest body that a call takes, in bytes, and the largest one of many items. */
const SMALL_BYTES = 64 * 1024;
const BULK_BYTES = 8 * 1024 * 1024;
export const bodyLimit = (bulk = false) => (bulk ? BULK_BYTES : SMALL_BYTES);

/** What a request takes beside its body. */
const REQUEST_BYTES = 4 * 1024;

/**
 * Reads the bodies of all routes in one way: as bytes, which take room as they come and within the limit of their route;
 * within `timeoutMs`; unpacked when all are there, so that no decoder waits for a client. The room is given back
 * when reading fails, else when the answer is made, whether or not there is still somebody to hear it.
 */
export function readBodies(fastify: FastifyInstance, inHand: BytesInHand, timeoutMs: number): void {
  fastify.decorateRequest('bodyShare');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.addHook('preValidation', async (request) => {
    if (request.is404 || !bodyTypes(request)) return;
    const bytes = await readBytes(request, inHand, performance.now() + timeoutMs);
    request.body = request.routeOptions.config.call?.bulk ? bytes : parseJson(bytes);
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    request.bodyShare?.release();
    done(null, payload);
  });
}

async function readBytes(request: FastifyRequest, inHand: BytesInHand, deadline: number): Promise<Buffer> {
  const environment = request.caller?.environment ?? '';
  const share = inHand.shareOf(environment);
  try {
    const newDecoder = decoderOf(request.headers['content-encoding']);
    const limit = bodyLimit(request.routeOptions.config.call?.bulk);
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limit) throw tooLarge(limit);
    inHand.requireRoom(environment, announced);
    share.grow(REQUEST_BYTES);
    const sent = new HeldBytes(limit, share);
    // A small one is there by now, and waiting for it would cost more than reading it.
    if (request.raw.complete) sent.add((request.raw.read() as Buffer | null) ?? Buffer.alloc(0));
    else await collect(request.raw, sent, 'The body ended before all of it was there.', deadline);
    const unpacked = newDecoder ? new HeldBytes(limit, share) : sent;
    if (newDecoder) await unpack(sent.bytes(), newDecoder, unpacked);
    request.bodyShare = share;
    return withoutMark(unpacked.bytes());
  } catch (error) {
    // What still comes is passed over, as Node does where nobody listens: who sends first and listens later hears the answer.
    share.release();
    throw error;
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
}
