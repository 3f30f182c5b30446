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
import { answerOptions, Cors } from './cors.js';
import { DrainingAdapter } from './draining.js';
import { fromOutside } from './from-outside.js';
import { hostCheck } from './host.js';
import { KnownMethods } from './known-methods.js';
import { ParserRefusals } from './parser-refusals.js';
import { BytesInHand } from './body/bytes-in-hand.js';
import { readBodies } from './body/read-bodies.js';
import { asProblem, ProblemFilter, sendProblem } from './problem-filter.js';
import { takeTurnsReading } from './read-turns.js';
import { refuseRepeatedHeaders } from './repeated-headers.js';
import { trusting } from './trusted-proxies.js';
import { weighAnswers } from './weigh-answers.js';

/** How often Node looks for connections whose request is late. */
const LOOK_FOR_LATE_MS = 1_000;

type HttpSettings = Pick<Config, 'auth'> &
  Partial<Pick<Config, 'publicUrl' | 'allowedHosts' | 'requestTimeoutMs' | 'corsOrigins' | 'trustProxy'>>;

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
  options: HttpSettings & Surroundings,
): Promise<NestFastifyApplication> {
  const { requestTimeoutMs = 30_000 } = options;
  const parserRefusals = new ParserRefusals();
  const adapter = newAdapter(requestTimeoutMs, parserRefusals);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(options.logger),
    abortOnError: false,
    preview: options.preview,
    // All bodies are read in one way, see below.
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  fastify.decorate('draining', adapter.draining);
  fastify.decorate('publicUrl', options.publicUrl);
  fastify.decorate('cors', options.corsOrigins && new Cors(options.corsOrigins));
  fastify.decorate('knownMethods', new KnownMethods(fastify));
  parserRefusals.watch(fastify);
  // Node would answer what it does not expect by a bare 417; nothing here depends on it (RFC 9110, 10.1.1).
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  addAnswerHeaders(fastify);
  checkHeads(fastify, options);
  answerOptions(fastify);
  fastify.addHook('onRequest', accessHook(tokenVerifier(options.auth)));
  takeTurnsReading(fastify);
  const inHand = new BytesInHand();
  readBodies(fastify, inHand, requestTimeoutMs);
  weighAnswers(fastify, inHand, requestTimeoutMs);
  app.useGlobalFilters(new ProblemFilter(options.logger));
  return app;
}

function newAdapter(requestTimeoutMs: number, parserRefusals: ParserRefusals): DrainingAdapter {
  return new DrainingAdapter({
    // Of a body that is late `readBodies` tells; this is for headers, and for what is read by nobody.
    requestTimeout: requestTimeoutMs + LOOK_FOR_LATE_MS,
    // An id from outside would end up in the logs as somebody else's.
    requestIdHeader: false,
    genReqId: () => `urn:uuid:${randomUUID()}`,
    routerOptions: { maxParamLength: 300 },
    http: {
      // Node would answer that it is missing without a word of ours.
      requireHostHeader: false,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: LOOK_FOR_LATE_MS,
    },
    clientErrorHandler: parserRefusals.refuse,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      beginAnswer(request, reply);
      sendProblem(asProblem(error), request, reply);
    },
  });
}

/** Before anybody looks for a token: what the head of no request may be. */
function checkHeads(fastify: FastifyInstance, { allowedHosts, trustProxy }: HttpSettings): void {
  const checkHost = hostCheck(allowedHosts);
  const isTrusted = trustProxy === undefined ? undefined : trusting(trustProxy);
  fastify.decorateRequest('outside');
  fastify.addHook('onRequest', async (request) => {
    refuseRepeatedHeaders(request);
    if (isTrusted) request.outside = fromOutside(request, isTrusted);
    checkHost(request);
  });
}
