import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { describeEndpoints, publicBase } from '#platform';

const ABOUT = `Who are our users, what are they doing right now, how many are active.

Calls under \`/api/\` take a bearer token; its claim \`environments\` names the environments that it opens, \`scope\` what it
may do there. Nothing is ever visible across environments: another one's object is answered as one that never existed.
Errors are problem details (RFC 9457) whose \`type\` leads to a page that says what to do; v2 has its own envelope.
Every answer has a \`Request-Id\`, under which the log of the service knows the request; that of an error is its \`instance\`.`;

const TAGS = {
  users: 'Users, and the search for them',
  workspaces: 'Workspaces, and who has which role there',
  groups: 'Groups of users, which have roles as one',
  activities: 'What users do: taking it in, and reading it',
  stream: 'Activities as they happen',
  statistics: 'Who is active, what happens, and who comes back',
  commands: 'What became of commands',
  v2: 'The older interface',
  operations: 'For those who run the service',
  problems: 'What errors mean and what to do',
};

/** OpenAPI 3.1 of all routes, made from the schemas that check the input. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tidemark')
    .setDescription(ABOUT)
    .setVersion('3')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This service');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return describeEndpoints(SwaggerModule.createDocument(app, builder.build()));
}

/** `/docs` for people and `/docs-json` for programs. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, describeApi(app), {
    jsonDocumentUrl: 'docs-json',
    patchDocumentOnRequest: (request, _reply, document) => servedAt(publicBase(request as FastifyRequest), document),
  });
}

/** Behind a proxy that shows the service under a path of its own, paths from the root would lead elsewhere. */
function servedAt(base: string | undefined, document: OpenAPIObject): OpenAPIObject {
  if (base === undefined) return document;
  return { ...document, servers: (document.servers ?? []).map((server) => ({ ...server, url: base })) };
}
