import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

interface Operation extends Json {
  readonly operationId?: string;
  readonly requestBody?: { readonly content: object };
  readonly parameters?: readonly { readonly name: string; readonly schema: Json }[];
}

/**
 * Each thing in an OpenAPI document that generators of clients stumble over, with the place where it is: what they make of
 * it does not compile, or sends something else than was given.
 */
export function portabilityFaults(document: Document): string[] {
  const { schemas } = document.components;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at: `${method.toUpperCase()} ${path}`, operation })),
  );
  return [
    ...operations.flatMap(({ at, operation }) => [...operationFaults(at, operation), ...timeFaults(at, operation)]),
    ...twice(operations.map(({ operation }) => operation.operationId ?? '')).map((id) => `two calls are ${id}`),
    ...twice(Object.keys(schemas).map(bare)).map((name) => `two schemas are ${name} but for case and underscores`),
    ...Object.entries(schemas).flatMap(([name, schema]) => rootFaults(`schema ${name}`, schema, schemas)),
    ...placed(document).flatMap(({ at, schema }) => nestedFaults(at, schema, schemas)),
  ];
}

const bare = (name: string) => name.replaceAll('_', '').toLowerCase();

const twice = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) < at);

function operationFaults(at: string, operation: Operation): string[] {
  const missing = ['operationId', 'summary', 'description'].filter((member) => !operation[member]);
  const [first, ...others] = Object.keys(operation.requestBody?.content ?? {});
  const isHidden = others.includes('application/json') && first !== 'application/json';
  return [
    ...missing.map((member) => `${at} has no ${member}`),
    ...(isHidden ? [`${at} has JSON behind ${first}: clients send the first`] : []),
  ];
}

/** Each language writes a time in its own way where it is no part of a JSON body: Python's has an offset of +0000. */
function timeFaults(at: string, { parameters = [] }: Operation): string[] {
  const times = parameters.filter(({ schema }) => schema.format === 'date-time');
  return times.map(({ name }) => `${at}: the parameter ${name} is a time, say it as text`);
}

interface Placed {
  readonly at: string;
  readonly schema: Json;
}

/** The schemas of parameters, headers, bodies and answers: what has no name of its own. */
function placed(document: Document): Placed[] {
  const { schemas: _, ...components } = document.components;
  return schemasIn({ paths: document.paths, components }, '');
}

function schemasIn(value: unknown, at: string): Placed[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'examples' || name === 'example' || name.startsWith('x-')) return [];
    const place = `${at}/${name}`;
    return name === 'schema' ? [{ at: place, schema: member as Json }] : schemasIn(member, place);
  });
}

/** A schema with a name may be an object or one of several; what is inside it is judged as what has none. */
function rootFaults(at: string, schema: Json, schemas: Record<string, Json>): string[] {
  const own = [...valueFaults(at, schema), ...nameFaults(at, schema), ...mixedFaults(at, schema, schemas)];
  return [...own, ...inner(at, schema).flatMap((part) => nestedFaults(part.at, part.schema, schemas))];
}

function nestedFaults(at: string, schema: Json, schemas: Record<string, Json>): string[] {
  const isObject = schema.properties !== undefined || schema.allOf !== undefined;
  const isOneOf = alternatives(schema).length > 1;
  const nameless = isObject || isOneOf ? [`${at} has no name: give it an id, .meta({ id })`] : [];
  return [...nameless, ...rootFaults(at, schema, schemas)];
}

function alternatives({ anyOf = [], oneOf = [] }: Json): Json[] {
  return [...(anyOf as Json[]), ...(oneOf as Json[])].filter(({ type }) => type !== 'null');
}

/** The schemas inside a schema, one level down; those of patterns generators pass over. */
function inner(at: string, schema: Json): Placed[] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [], allOf = [] } = schema;
  const named = Object.entries(properties as Record<string, Json>);
  const many = [...alternatives({ anyOf, oneOf }), ...(allOf as Json[])];
  const single = [items, additionalProperties].filter((one) => typeof one === 'object') as Json[];
  return [
    ...named.map(([name, member]) => ({ at: `${at}/${name}`, schema: member })),
    ...[...many, ...single].map((member, index) => ({ at: `${at}/${index}`, schema: member })),
  ];
}

const PECULIAR = /\\[pPk]\{?|\\u\{|\(\?<|--|&&/;

function valueFaults(at: string, schema: Json): string[] {
  const types = [schema.type].flat();
  const isNumber = types.includes('integer') || types.includes('number');
  return [
    ...(typeof schema.const === 'number' ? [`${at} is a constant number: say it as a range`] : []),
    ...(isNumber && schema.format === undefined ? [`${at} is a number without a format`] : []),
    ...(schema.type === 'null' ? [`${at} is never more than null`] : []),
    ...(PECULIAR.test(String(schema.pattern)) ? [`${at} has a pattern that only ECMAScript reads`] : []),
  ];
}

/** `_id` and `id` are one name in most languages. */
function nameFaults(at: string, { properties = {} }: Json): string[] {
  return twice(Object.keys(properties as object).map(bare)).map(
    (name) => `${at} has ${name} twice but for underscores`,
  );
}

function mixedFaults(at: string, schema: Json, schemas: Record<string, Json>): string[] {
  const types = alternatives(schema).map((one) => resolved(one, schemas).type === 'array');
  return types.includes(true) && types.includes(false) ? [`${at} is an array or something else`] : [];
}

function resolved(schema: Json, schemas: Record<string, Json>): Json {
  const [, name] = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref)) ?? [];
  return name === undefined ? schema : resolved(schemas[name] ?? {}, schemas);
}

// Run by itself, this reads openapi.json and fails where there is such a thing.
if (import.meta.filename === process.argv[1]) {
  const file = resolve(import.meta.dirname, 'openapi.json');
  const faults = portabilityFaults(JSON.parse(readFileSync(file, 'utf8')) as Document);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
