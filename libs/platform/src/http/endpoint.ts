import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation } from '@nestjs/swagger';
import { type Access, type Call } from '../openapi/operation.js';
import { Exchanged, type ExchangeMethod } from './exchange.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route takes, and who may call it; nothing where it is there for everybody. */
    call?: Call;
    access?: Access;
  }
}

/** Every call there is, by its id: what the document of the interface is made of. */
export const endpoints = new Map<string, { readonly call: Call; readonly access?: Access }>();

export type EndpointOptions = Call & Access;

/**
 * What a route under `/api/` promises: who may call it and with what, and its place in the OpenAPI document. Its method is
 * given an `Exchange`, in which all of that is checked.
 */
export function Endpoint<const Options extends EndpointOptions>(options: Options): ExchangeMethod<Options> {
  const { scope, ticket, ...call }: EndpointOptions = options;
  const access = { scope, ticket };
  const promised = applyDecorators(described(call, access), RouteConfig({ call, access }));
  return (target, name, descriptor) => {
    promised(target, name, descriptor);
    Exchanged(call)(target, name, 0);
  };
}

/** A route that is there for everybody, outside of `/api/`. */
export function PublicEndpoint(call: Call): MethodDecorator {
  return described(call);
}

function described(call: Call, access?: Access): MethodDecorator {
  if (endpoints.has(call.id)) throw new Error(`There are two calls with the id ${call.id}`);
  endpoints.set(call.id, { call, access });
  const [status] = Object.keys(call.answers);
  return applyDecorators(HttpCode(Number(status)), ApiOperation({ operationId: call.id }));
}
