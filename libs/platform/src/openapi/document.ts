import { type OpenAPIObject } from '@nestjs/swagger';
import { endpoints } from '../http/endpoint.js';
import { describeOperation, SECURITY_SCHEMES } from './operation.js';
import { Components } from './components.js';

type Paths = Record<string, Record<string, { operationId?: string; tags?: string[] }>>;

/**
 * The document of an application's routes with all that their `@Endpoint`s say. Throws for a route that says nothing:
 * what is not described is not there.
 */
export function describeEndpoints(routes: OpenAPIObject): OpenAPIObject {
  const components = new Components();
  const paths = Object.entries(routes.paths as Paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, { operationId = '', tags }]) => {
      const endpoint = endpoints.get(operationId);
      if (!endpoint) throw new Error(`${method} ${path} has no @Endpoint`);
      return [method, { tags, ...describeOperation(endpoint.call, endpoint.access, { method, path }, components) }];
    });
    return [path, Object.fromEntries(operations) as object];
  });
  return {
    ...routes,
    paths: Object.fromEntries(paths) as OpenAPIObject['paths'],
    components: {
      schemas: sorted(components.schemas),
      responses: sorted(components.responses),
      securitySchemes: SECURITY_SCHEMES,
    },
  } as OpenAPIObject;
}

const sorted = <Value>(record: Record<string, Value>) =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
