import { randomUUID } from 'node:crypto';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { nestLogger } from '../logging.js';
import { tokenVerifier } from '../tokens.js';
import { type AuthConfig } from '../config.js';
import { accessHook } from './access.js';
import { readBodies } from './body/read-bodies.js';
import { asProblem, ProblemFilter, sendProblem } from './problem-filter.js';

/** How often Node looks for connections whose request is late. */
const LOOK_FOR_LATE_MS = 1_000;

/**
 * An HTTP application with what all routes share: access, errors, body types. Call `listen` on it; as a
 * `preview` it has routes to look at and nothing behind them.
 */
export async function httpApplication(
  module: Type | DynamicModule,
  options: { auth: AuthConfig; logger: Logger; requestTimeoutMs?: number; preview?: boolean },
): Promise<NestFastifyApplication> {
  const { requestTimeoutMs = 30_000 } = options;
  const adapter = new FastifyAdapter({
    // Of a body that is late `readBodies` tells; this is for headers, and for what is read by nobody.
    requestTimeout: requestTimeoutMs + LOOK_FOR_LATE_MS,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: LOOK_FOR_LATE_MS },
    // An id from outside would end up in the logs as somebody else's.
    requestIdHeader: false,
    genReqId: () => `urn:uuid:${randomUUID()}`,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: true,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(asProblem(error), request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(options.logger),
    abortOnError: false,
    preview: options.preview,
    // All bodies are read in one way, see below.
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', accessHook(tokenVerifier(options.auth)));
  readBodies(fastify, requestTimeoutMs);
  app.useGlobalFilters(new ProblemFilter(options.logger));
  app.enableShutdownHooks();
  return app;
}
