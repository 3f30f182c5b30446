import { randomUUID } from 'node:crypto';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { nestLogger } from '../logging.js';
import { tokenVerifier } from '../tokens.js';
import { type Config } from '../config.js';
import { accessHook } from './access.js';
import { addAnswerHeaders, beginAnswer } from './answer-headers.js';
import { DrainingAdapter } from './draining.js';
import { hostCheck } from './host.js';
import { KnownMethods } from './known-methods.js';
import { NDJSON } from './ndjson.js';
import { ParserRefusals } from './parser-refusals.js';
import { asProblem, ProblemFilter, sendProblem } from './problem-filter.js';
import { refuseRepeatedHeaders } from './repeated-headers.js';

/** The largest body that any call takes, in bytes. */
export const BODY_LIMIT = 8 * 1024 * 1024;

interface Surroundings {
  readonly logger: Logger;
  readonly preview?: boolean;
}

/**
 * An HTTP application with what all routes share: access, errors, body types. Call `listen` on it; as a
 * `preview` it has routes to look at and nothing behind them.
 */
export async function httpApplication(
  module: Type | DynamicModule,
  options: Pick<Config, 'auth'> & Partial<Pick<Config, 'publicUrl' | 'allowedHosts'>> & Surroundings,
): Promise<NestFastifyApplication> {
  const parserRefusals = new ParserRefusals();
  const adapter = new DrainingAdapter({
    bodyLimit: BODY_LIMIT,
    // Well-formed JSON, whatever its names: what a call takes of it is for its schema to say.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    // An id from outside would end up in the logs as somebody else's.
    requestIdHeader: false,
    genReqId: () => `urn:uuid:${randomUUID()}`,
    routerOptions: { maxParamLength: 300 },
    // Node would answer that it is missing without a word of ours.
    http: { requireHostHeader: false },
    clientErrorHandler: parserRefusals.refuse,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      beginAnswer(request, reply);
      sendProblem(asProblem(error), request, reply);
    },
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
  fastify.decorate('publicUrl', options.publicUrl);
  fastify.decorate('knownMethods', new KnownMethods(fastify));
  parserRefusals.watch(fastify);
  addAnswerHeaders(fastify, options.publicUrl);
  checkHeads(fastify, options.allowedHosts);
  fastify.removeContentTypeParser('text/plain');
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.addContentTypeParser('application/merge-patch+json', { parseAs: 'string' }, parseJson);
  fastify.addHook('onRequest', accessHook(tokenVerifier(options.auth)));
  fastify.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.useGlobalFilters(new ProblemFilter(options.logger));
  return app;
}

/** Before anybody looks for a token: what the head of no request may be. */
function checkHeads(fastify: FastifyInstance, allowedHosts?: readonly string[]): void {
  const checkHost = hostCheck(allowedHosts);
  fastify.addHook('onRequest', async (request) => {
    refuseRepeatedHeaders(request);
    checkHost(request);
  });
}
