import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mediaTypes } from '../openapi/content.js';
import { Problem } from '../problems.js';
import { checkInput } from './input.js';

/** Whether the headers of a request, by their names in lower case, are all that it has to say. */
export type SpeaksByHeaders = (headers: FastifyRequest['headers']) => boolean;

const NoQuery = z.strictObject({});

/** Refuses what the route does not take, as its `@Endpoint` says, before a body is read. */
export function checkShape(request: FastifyRequest): void {
  checkEscapes(request.url);
  const { call } = request.routeOptions.config;
  if (call && !call.query) checkInput('query', NoQuery, request.query);
  const types = bodyTypes(request);
  if (types) checkMediaType(request, types);
}

/** Fastify takes a query's broken escapes as plain text: a search would look for what nobody asked. */
function checkEscapes(url: string): void {
  const question = url.indexOf('?');
  if (question === -1) return;
  try {
    decodeURIComponent(url.slice(question));
  } catch (cause) {
    throw new Problem('invalid-request', 'The query is not percent-encoded UTF-8.', { cause });
  }
}

/** The media types that the body of a request may have; undefined where none is read. */
export function bodyTypes(request: FastifyRequest): readonly string[] | undefined {
  const { call } = request.routeOptions.config;
  if (call?.body) return [...mediaTypes(call.body).keys()];
  // Of a call that takes none, what cannot be read is refused all the same.
  return hasBody(request) && !BODYLESS.has(request.method) ? ['application/json'] : undefined;
}

const BODYLESS = new Set(['GET', 'HEAD']);

/** The media type of a body, without its parameters. */
export function mediaTypeOf({ headers }: Pick<FastifyRequest, 'headers'>): string {
  return (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}

const JSON_OR_NONE = /^([^/]+\/([^/]+\+)?json)?$/;

function checkMediaType(request: FastifyRequest, types: readonly string[]): void {
  const type = mediaTypeOf(request);
  // What stands in the headers has a body of JSON of whatever kind, or none.
  if (JSON_OR_NONE.test(type) && request.routeOptions.config.call?.speaksByHeaders?.(request.headers)) return;
  if (type === '' && !hasBody(request)) throw new Problem('invalid-request', 'The request has no body.');
  if (types.includes(type)) return;
  throw new Problem('unsupported-media-type', `This call takes a body of ${types.join(' or ')}.`);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
