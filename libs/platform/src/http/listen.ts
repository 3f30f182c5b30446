import { randomUUID } from 'node:crypto';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { nestLogger } from '../logging.js';
import { tokenVerifier } from '../tokens.js';
import { type AuthConfig } from '../config.js';
import { accessHook } from './access.js';
import { DrainingAdapter } from './draining.js';
import { NDJSON } from './ndjson.js';
import { asProblem, ProblemFilter, sendProblem } from './problem-filter.js';

/** The largest body that any call takes, in bytes. */
export const BODY_LIMIT = 8 * 1024 * 1024;

/**
 * An HTTP application with what all routes share: access, errors, body types. Call `listen` on it; as a
 * `preview` it has routes to look at and nothing behind them.
 */
export async function httpApplication(
  module: Type | DynamicModule,
  options: { auth: AuthConfig; logger: Logger; preview?: boolean },
): Promise<NestFastifyApplication> {
  const adapter = new DrainingAdapter({
    bodyLimit: BODY_LIMIT,
    // Well-formed JSON, whatever its names: what a call takes of it is for its schema to say.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    // An id from outside would end up in the logs as somebody else's.
    requestIdHeader: false,
    genReqId: () => `urn:uuid:${randomUUID()}`,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(asProblem(error), request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(options.logger),
    abortOnError: false,
    preview: options.preview,
    // Nest would add form bodies; calls that take another media type than these name it.
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  fastify.decorate('draining', adapter.draining);
  fastify.removeContentTypeParser('text/plain');
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.addContentTypeParser('application/merge-patch+json', { parseAs: 'string' }, parseJson);
  fastify.addHook('onRequest', accessHook(tokenVerifier(options.auth)));
  fastify.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.useGlobalFilters(new ProblemFilter(options.logger));
  return app;
}
