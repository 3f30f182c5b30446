import { describe, expect, it } from '@jest/globals';
import { type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { Endpoint } from '../http/endpoint.js';
import { type Call } from './operation.js';
import { describeEndpoints } from './document.js';

let calls = 0;

/** The document of one call at a path. */
function documented(
  call: Omit<Call, 'id'>,
  path = '/api/v3/things',
  scope: 'users:read' | 'users:write' = 'users:read',
) {
  const id = `call${(calls += 1)}`;
  const method = call.body ? 'post' : 'get';
  Endpoint({ id, scope, ...call })({}, 'call', { value: () => undefined });
  const routes = { paths: { [path]: { [method]: { operationId: id, tags: ['things'] } } } } as unknown as OpenAPIObject;
  const document = describeEndpoints(routes);
  return { operation: (document.paths[path] as any)[method], components: document.components as any };
}

const Thing = z.object({ name: z.string().default('') }).meta({ id: 'Thing', examples: [{ name: 'x' }] });

describe('the description of a call', () => {
  it('names a schema once and refers to it', () => {
    const { operation, components } = documented({ summary: 's', answers: { 200: { body: z.array(Thing) } } });
    const { schema } = operation.responses[200].content['application/json'];
    expect(schema).toEqual({ type: 'array', items: { $ref: '#/components/schemas/Thing' } });
    expect(components.schemas.Thing).toMatchObject({ type: 'object', required: ['name'] });
  });

  it('refuses one name for what is sent and another thing that is answered', () => {
    expect(() => documented({ summary: 's', body: Thing, answers: { 200: { body: Thing } } })).toThrow(/Thing/);
  });

  it('shows a parameter as what its text means, and whether it may be left out', () => {
    const number = z.string().transform(Number).pipe(z.int().min(1).max(9));
    const query = z.strictObject({
      one: number.meta({ examples: [3] }),
      many: number.default(5),
      word: z.string().optional(),
    });
    const { operation } = documented({ summary: 's', query, answers: { 204: {} } });
    expect(operation.parameters.filter((parameter: { in: string }) => parameter.in === 'query')).toEqual([
      {
        name: 'one',
        in: 'query',
        required: true,
        schema: { type: 'integer', minimum: 1, maximum: 9, format: 'int32' },
        example: 3,
      },
      {
        name: 'many',
        in: 'query',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 9, default: 5, format: 'int32' },
      },
      { name: 'word', in: 'query', required: false, schema: { type: 'string' } },
    ]);
  });

  it('shows what a field that is left out falls to', () => {
    const { components } = documented({ summary: 's', body: Thing, answers: { 204: {} } });
    expect(components.schemas.Thing).toMatchObject({ properties: { name: { default: '' } } });
    expect(components.schemas.Thing.required ?? []).toEqual([]);
  });

  it('lists every error of its path, its body and its token in the shape of its version', () => {
    const path = z.strictObject({ id: z.string() });
    const call = { summary: 's', path, body: Thing, answers: { 204: {} }, problems: ['stale-version'] } as const;
    const statuses = ['204', '400', '401', '403', '404', '408', '412', '413', '415', '422', '429', '500', '503'];
    const v3 = documented(call);
    expect(Object.keys(v3.operation.responses as object)).toEqual(statuses);
    const { headers, content } = v3.components.responses.Unauthorized;
    expect(headers['WWW-Authenticate']).toMatchObject({ required: true });
    expect(content['application/problem+json'].examples.unauthorized.value).toMatchObject({
      type: '/problems/unauthorized',
      status: 401,
    });
    const v2 = documented(call, '/api/v2/things');
    expect(
      v2.components.responses.UnauthorizedV2.content['application/json'].examples.unauthorized.value,
    ).toMatchObject({
      status: 'error',
      error: { code: 'unauthorized' },
    });
  });

  it('asks for the environment on v2, and for the scope everywhere', () => {
    const environment = { name: 'environment-id', in: 'header' };
    const call = { summary: 's', answers: { 204: {} } };
    expect(documented(call, '/api/v2/x', 'users:write').operation).toMatchObject({
      parameters: [{ ...environment, required: true }],
      security: [{ bearer: ['users:write'] }],
    });
    expect(documented(call).operation).toMatchObject({ parameters: [{ ...environment, required: false }] });
  });

  it('keeps the answer and the error of one status apart by their media types', () => {
    const answers = { 202: { body: Thing }, 422: { description: 'None', body: z.object({ none: z.literal(true) }) } };
    const { operation } = documented({ summary: 's', body: z.object({}), answers });
    expect(Object.keys(operation.responses[422].content as object)).toEqual([
      'application/json',
      'application/problem+json',
    ]);
  });

  it('is demanded of every route', () => {
    const routes = { paths: { '/api/v3/hidden': { get: { operationId: 'hidden' } } } } as unknown as OpenAPIObject;
    expect(() => describeEndpoints(routes)).toThrow('get /api/v3/hidden has no @Endpoint');
  });

  it('has an id of its own', () => {
    const endpoint = { id: 'twice', scope: 'users:read', summary: 's', answers: { 204: {} } } as const;
    Endpoint(endpoint);
    expect(() => Endpoint(endpoint)).toThrow('twice');
  });
});
