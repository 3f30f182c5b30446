import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { addressOf, publicBase } from './address.js';

// The pages have styles of their own; whatever else they need is here, and nobody shows them in a frame.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What every answer says, whatever becomes of the request: called before anything else can go wrong. */
export function beginAnswer(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-content-type-options', 'nosniff').header('request-id', request.id);
  const { cors } = request.server;
  if (cors) void reply.headers(cors.headersFor(request.headers.origin));
  // Nearly all that is answered there is about people.
  if (addressOf(request).startsWith('/api/')) void reply.header('cache-control', 'no-store');
}

/** The headers that all answers share; `Location` is a path where it is not known how the service is called from outside. */
export function addAnswerHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    beginAnswer(request, reply);
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const location = String(reply.getHeader('location'));
    if (location.startsWith('/')) void reply.header('location', `${publicBase(request) ?? ''}${location}`);
    if (/^text\/html/i.test(String(reply.getHeader('content-type'))))
      void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    done(null, payload);
  });
}
