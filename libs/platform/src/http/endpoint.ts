import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import { z } from 'zod';
import { type Scope } from '../tokens.js';
import { PROBLEMS, type ProblemCode } from '../problems.js';

type ApiSchema = Parameters<typeof ApiResponse>[0] extends infer Options
  ? Options extends { schema: infer Schema }
    ? Schema
    : never
  : never;

interface EndpointOptions {
  /** The operation's name in the OpenAPI document and in clients made from it. */
  readonly id: string;
  readonly summary: string;
  /** What the token must have: the one, or any of these. */
  readonly scope: Scope | readonly Scope[];
  /** Whether `?ticket=` may stand for the token. */
  readonly ticket?: boolean;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body's media types; `application/json` when left out. */
  readonly consumes?: readonly string[];
  readonly status?: number;
  readonly answer?: z.ZodType;
  readonly produces?: string;
  /** Errors beyond those that every call can have. */
  readonly problems?: readonly ProblemCode[];
}

const EVERYWHERE: ProblemCode[] = ['invalid-request', 'unauthorized', 'missing-scope', 'unavailable'];

/** What a route under `/api/` promises: who may call it and with what, and its place in the OpenAPI document. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const status = options.status ?? 200;
  const mediaTypes = options.consumes ?? ['application/json'];
  return applyDecorators(
    HttpCode(status),
    RouteConfig({
      scopes: [options.scope].flat(),
      ticket: options.ticket,
      takesQuery: options.query !== undefined,
      consumes: options.body && mediaTypes,
    }),
    ApiOperation({ operationId: options.id, summary: options.summary }),
    ApiBearerAuth(),
    ApiHeader({
      name: 'environment-id',
      required: false,
      description: 'The environment; on v3 optional where the token names one.',
    }),
    ...parameters(options.path, ApiParam),
    ...parameters(options.query, ApiQuery),
    ...(options.body ? bodies(options.body, mediaTypes) : []),
    ApiResponse({
      status,
      description: options.summary,
      ...content(options.produces ?? 'application/json', options.answer),
    }),
    ...problemAnswers([...EVERYWHERE, ...(options.problems ?? [])]),
  );
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): ApiSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json as ApiSchema;
}

function parameters(schema: z.ZodObject | undefined, decorate: typeof ApiQuery | typeof ApiParam): MethodDecorator[] {
  return Object.entries(schema?.shape ?? {}).map(([name, type]) =>
    decorate({
      name,
      required: !(type as z.ZodType).safeParse(undefined).success,
      schema: schemaOf(type as z.ZodType, 'input'),
    }),
  );
}

function bodies(schema: z.ZodType, mediaTypes: readonly string[]): MethodDecorator[] {
  return [ApiConsumes(...mediaTypes), ApiBody({ required: true, schema: schemaOf(schema, 'input') })];
}

function content(mediaType: string, schema: z.ZodType | undefined): object {
  return schema ? { content: { [mediaType]: { schema: schemaOf(schema, 'output') } } } : {};
}

function problemAnswers(codes: readonly ProblemCode[]): MethodDecorator[] {
  const statuses = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return [...statuses].map(([status, codes]) =>
    ApiResponse({ status, description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('; ') }),
  );
}
