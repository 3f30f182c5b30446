import { isStream, type Exchanged, type Operation } from './api-document.js';

/** The objects of one environment that the parameters of a path can name. */
export interface Objects {
  readonly user: string;
  readonly userV2: string;
  readonly workspace: string;
  readonly group: string;
  readonly command: string;
}
export type Kind = keyof Objects;

// By the part of the path in front of the parameter.
const KINDS: Readonly<Record<string, Kind>> = {
  'v3/users': 'user',
  'v2/users': 'userV2',
  'v3/groups': 'group',
  'v3/workspaces': 'workspace',
  'v3/commands': 'command',
  members: 'user',
  'permissions/users': 'user',
  'permissions/groups': 'group',
};

/** The parameters of a path, each with the kind of object that it names. Throws for one that this does not know. */
export function objectsNamed({ path }: Operation): Map<string, Kind> {
  const parameters = path.matchAll(/(?<before>[^{]*?)\/\{(?<name>\w+)\}/g);
  return new Map(
    [...parameters].map(({ groups }) => {
      const { before, name } = groups as { before: string; name: string };
      const kind = Object.entries(KINDS).find(([ending]) => before.endsWith(`/${ending}`))?.[1];
      if (!kind) throw new Error(`${path}: no test knows what {${name}} names; say so in KINDS`);
      return [name, kind];
    }),
  );
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * A request that an operation takes, made of the document alone: objects for its path, the examples of the parameters
 * that it requires, the first example of its body or another one. Who calls, and for which environment, is not in it.
 */
export function requestFor(
  operation: Operation,
  ids: Partial<Record<string, string>>,
  body: BodyExample | undefined = bodyExamples(operation)[0],
): ApiRequest {
  const named = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? exampleOf(operation, name));
  const required = (place: string) =>
    operation.parameters
      .filter((parameter) => parameter.in === place && parameter.required && parameter.name !== 'environment-id')
      .map(({ name }) => [name, exampleOf(operation, name)] as const);
  const query = new URLSearchParams(required('query').map(([name, example]) => [name, example])).toString();
  return {
    method: operation.method,
    path: query === '' ? named : `${named}?${query}`,
    headers: { ...Object.fromEntries(required('header')), ...(body && { 'content-type': body.mediaType }) },
    ...(body && { body: body.text }),
  };
}

function exampleOf({ path, parameters }: Operation, name: string): string {
  const example = parameters.find((parameter) => parameter.name === name)?.example;
  if (typeof example === 'string' || typeof example === 'number') return String(example);
  throw new Error(`${path}: the document has no example of ${name}`);
}

interface BodyExample {
  readonly mediaType: string;
  readonly text: string;
}

/** Every example of a body, as it is sent. Throws where a media type has none. */
export function bodyExamples({ path, requestBody }: Operation): BodyExample[] {
  return Object.entries(requestBody?.content ?? {}).flatMap(([mediaType, { example, examples = {} }]) => {
    const values = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
    if (values.length === 0) throw new Error(`${path}: the document has no example of ${mediaType}`);
    return values.map((value) => ({ mediaType, text: typeof value === 'string' ? value : JSON.stringify(value) }));
  });
}

/** Sends a request and reads its answer; a stream is left when its first bytes have come. */
export async function exchange(url: string, { method, path, headers, body }: ApiRequest): Promise<Exchanged> {
  const hangUp = new AbortController();
  const answer = await fetch(url + path, { method, headers, body, signal: hangUp.signal });
  if (!isStream(answer.headers.get('content-type'))) {
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
  const first = await answer.body!.getReader().read();
  hangUp.abort();
  return { status: answer.status, headers: answer.headers, text: new TextDecoder().decode(first.value) };
}
