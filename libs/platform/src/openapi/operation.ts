import { type z } from 'zod';
import { CODINGS } from '../http/body/codings.js';
import { bodyLimit } from '../http/body/read-bodies.js';
import { isV2 } from '../http/problem-body.js';
import { EnvironmentV2, EnvironmentV3 } from '../http/request-headers.js';
import { type SpeaksByHeaders } from '../http/request-shape.js';
import { type ProblemCode } from '../problems.js';
import { type Scope } from '../claims.js';
import { type Answer, describeAnswer, type DescribedAnswer, describeErrors, type ErrorAnswer } from './answers.js';
import { type Content } from './content.js';
import { type Components, examplesOf } from './components.js';

/** What a call takes and answers, whoever may make it. */
export interface Call {
  /** The operation's name in the OpenAPI document and in clients made from it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** By their usual spelling; `checkedHeaders` reads them. */
  readonly headers?: z.ZodObject;
  readonly body?: Content;
  /** Whether the body is one of many items, and may be as large; the route gets its bytes, others what they say. */
  readonly bulk?: boolean;
  /**
   * Whether there may be much to read for an answer, or much to say in it: environments take turns. `long` where it may take
   * tens of seconds, so that nothing else waits for it.
   */
  readonly heavy?: true | 'long';
  /** Of which requests the headers say enough: they may have no body, or one of no media type. */
  readonly speaksByHeaders?: SpeaksByHeaders;
  /** By status; the lowest is what the route answers unless it says otherwise. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Errors beyond those that every such call can have. */
  readonly problems?: readonly ProblemCode[];
}

/** Who may make a call under `/api/`. */
export interface Access {
  /** What the token must have: the one, or any of these. */
  readonly scope: Scope | readonly Scope[];
  /** Whether `?ticket=` may stand for the token. */
  readonly ticket?: boolean;
}

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'Claims: `sub`, `exp`, `environments` (an array of environment ids) and `scope` (space-separated). ' +
      'The roles that a call names are the scopes it needs.',
  },
  ticket: {
    type: 'apiKey',
    in: 'query',
    name: 'ticket',
    description: 'From POST /api/v3/stream-tickets; opens one stream in place of the token.',
  },
} as const;

const OF_A_TOKEN: ProblemCode[] = [
  'invalid-request',
  'environment-required',
  'unauthorized',
  'environment-forbidden',
  'missing-scope',
  'unavailable',
  'internal',
];
// Of a body that comes along uninvited, too: it is read before anybody can say that nobody wants it.
const OF_ANY_BODY: ProblemCode[] = ['request-timeout', 'too-large', 'unsupported-media-type', 'overloaded'];

/** Where a call is. */
export interface Place {
  readonly method: string;
  readonly path: string;
}

/** The operation of an OpenAPI document that a call at this path is; its tags aside. */
export function describeOperation(
  call: Call,
  access: Access | undefined,
  { method, path }: Place,
  components: Components,
): object {
  const environment = isV2(path) ? EnvironmentV2 : EnvironmentV3;
  const answers = Object.entries(call.answers).map(
    ([status, answer]) => [status, describeAnswer(answer, call.summary, components)] as const,
  );
  return {
    operationId: call.id,
    summary: call.summary,
    ...describing(call, access),
    security: access ? securityOf(access) : [],
    parameters: [
      ...parameters('path', call.path, components),
      ...parameters('query', call.query, components),
      ...parameters('header', access && environment, components),
      ...parameters('header', call.headers, components),
    ],
    ...(call.body && { requestBody: bodyOf(call.body, call.bulk, components) }),
    responses: withErrors(
      Object.fromEntries(answers),
      describeErrors(problemsOf(call, access, method), path, components),
      components,
    ),
  };
}

/** What the security of a call names in words: most generators pass over it. */
function describing({ description }: Call, access: Access | undefined): { description?: string } {
  const scopes = [access?.scope ?? []].flat().map((scope) => `\`${scope}\``);
  const needed = scopes.length === 0 ? undefined : `Needs the scope ${scopes.join(' or ')}.`;
  const said = [description, needed].filter(Boolean).join(' ');
  return said === '' ? {} : { description: said };
}

function bodyOf(content: Content, bulk: boolean | undefined, components: Components): object {
  const description = `At most ${bodyLimit(bulk) / 1024} KiB, unpacked; Content-Encoding: ${CODINGS}.`;
  return { description, required: true, content: components.describeContent(content, 'input') };
}

function securityOf({ scope, ticket }: Access): object[] {
  return [...[scope].flat().map((scope) => ({ bearer: [scope] })), ...(ticket ? [{ ticket: [] }] : [])];
}

function problemsOf(
  { path, body, heavy, problems = [] }: Call,
  access: Access | undefined,
  method: string,
): ProblemCode[] {
  return [
    ...(access ? OF_A_TOKEN : []),
    ...(path ? (['not-found'] as const) : []),
    ...(method === 'get' ? [] : OF_ANY_BODY),
    ...(body ? (['invalid-body'] as const) : []),
    ...(heavy ? (['overloaded'] as const) : []),
    ...problems,
  ];
}

// A status may be an answer and an error, as where all activities of a request are refused.
function withErrors(answers: Record<string, DescribedAnswer>, errors: readonly ErrorAnswer[], components: Components) {
  const described = errors.map(({ status, name, answer }) => {
    const own = answers[status];
    if (!own) return [status, components.refer(name, answer)];
    const description = `${own.description}; ${answer.description}`;
    return [status, { ...answer, ...own, description, content: { ...own.content, ...answer.content } }];
  });
  return { ...answers, ...(Object.fromEntries(described) as object) };
}

function parameters(
  place: 'path' | 'query' | 'header',
  schema: z.ZodObject | undefined,
  components: Components,
): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, type]: [string, z.ZodType]) => {
    const { description, examples: _, ...json } = components.describeParameter(type);
    const [example] = examplesOf(type);
    return {
      name,
      in: place,
      required: !type.safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema: json,
      ...(example !== undefined && { example }),
    };
  });
}
