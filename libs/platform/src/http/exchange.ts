import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { mediaTypes, type Content } from '../openapi/content.js';
import { type Call } from '../openapi/operation.js';
import { type Caller } from './access.js';
import { checkInput } from './input.js';
import { checkedHeaders } from './request-headers.js';
import { mediaTypeOf } from './request-shape.js';

/** The members of a call that say what it takes. */
export type Parts = Partial<Pick<Call, 'path' | 'query' | 'headers' | 'body' | 'bulk'>>;

type Checked<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;
// A body of several media types is the same in each, or bytes.
type CheckedBody<Of extends Parts> = Of extends { bulk: true }
  ? Buffer
  : Of extends { body: Readonly<Record<string, infer Schema extends z.ZodType>> }
    ? Checked<Schema>
    : Checked<Of['body']>;

/** A request to a route and the reply to it: what its `@Endpoint` takes is checked, by the schemas that are named there. */
export interface Exchange<Of extends Parts = object> {
  readonly caller: Caller;
  readonly path: Checked<Of['path']>;
  readonly query: Checked<Of['query']>;
  /** Those that the endpoint names, by their usual spelling. */
  readonly headers: Checked<Of['headers']>;
  /** As bytes where it is one of many items. */
  readonly body: CheckedBody<Of>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Decorates a method of a controller whose first parameter is the exchange, as the endpoint promises it. */
export type ExchangeMethod<Of extends Parts> = <Method extends (exchange: Exchange<Of>, ...others: never[]) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** A route's parameter: the exchange of this call. Throws `invalid-request` or `invalid-body`. */
export const Exchanged = createParamDecorator((call: Call, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
  const { path, query, headers, body, bulk } = call;
  return {
    caller: request.caller!,
    body: body && !bulk ? checkInput('body', schemaOf(body, request), request.body) : request.body,
    query: query && checkInput('query', query, request.query),
    path: path && checkInput('path', path, request.params),
    headers: headers && checkedHeaders(headers, request),
    request,
    reply,
  };
});

/** Bodies that are not read as a whole are texts of many items, which are the route's to check. */
const schemaOf = (body: Content, request: FastifyRequest) => mediaTypes(body).get(mediaTypeOf(request)) as z.ZodType;
