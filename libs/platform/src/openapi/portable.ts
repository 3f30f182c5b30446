/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Rule = (schema: JsonSchema) => JsonSchema;

const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * The same schema in terms that every generator of clients has a type for (`clients/portability.ts` tells what they
 * stumble over). It takes all that the schema takes, and sometimes more: at the door the schema itself is the judge.
 */
export function portable(schema: JsonSchema): JsonSchema {
  return RULES.reduce((described, rule) => rule(described), withinMembers(schema));
}

function withinMembers(schema: JsonSchema): JsonSchema {
  const members = Object.entries(schema).map(([keyword, value]) => {
    if (['properties', 'patternProperties'].includes(keyword)) return [keyword, mapValues(value as Named, portable)];
    if (['anyOf', 'oneOf', 'allOf'].includes(keyword)) return [keyword, (value as JsonSchema[]).map(portable)];
    if (['items', 'additionalProperties'].includes(keyword) && isSchema(value)) return [keyword, portable(value)];
    return [keyword, value];
  });
  return Object.fromEntries(members) as JsonSchema;
}

type Named = Readonly<Record<string, JsonSchema>>;

const mapValues = (named: Named, change: Rule): Named =>
  Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, change(schema)]));

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** How wide a number is; a constant one is a range of one, as constants are texts to most. */
const sizedNumber: Rule = (schema) => {
  const { const: constant, ...others } = schema;
  if (typeof constant === 'number') {
    return { ...others, type: 'integer', format: 'int64', minimum: constant, maximum: constant };
  }
  if (schema.type === 'number') return { ...schema, format: 'double' };
  if (schema.type !== 'integer') return schema;
  const { maximum = Infinity, minimum = -Infinity } = schema as { maximum?: number; minimum?: number };
  const isSmall = maximum <= LARGEST_INT32 && minimum >= -LARGEST_INT32;
  return { ...schema, format: isSmall ? 'int32' : 'int64' };
};

/** Classes of characters and the like are ECMAScript's alone: what they keep out, the description says. */
const PECULIAR = /\\[pPk]\{?|\\u\{|\(\?<|--|&&/;

const plainPattern: Rule = (schema) => {
  const { pattern, ...others } = schema;
  return typeof pattern === 'string' && PECULIAR.test(pattern) ? others : schema;
};

/** An object has names of text, whoever says so; a schema that says nothing takes anything. */
const plainMap: Rule = (schema) => {
  const { propertyNames, ...others } = schema;
  const said = JSON.stringify(propertyNames) === '{"type":"string"}' ? others : schema;
  return JSON.stringify(said.additionalProperties) === '{}' ? { ...said, additionalProperties: true } : said;
};

const isNull = ({ type }: JsonSchema) => type === 'null';

/** Something or null, as one type. */
const nullable: Rule = (schema) => {
  const { anyOf, ...others } = schema as Alternatives;
  const [value, ...rest] = (anyOf ?? []).filter((one) => !isNull(one));
  if (!value || rest.length > 0 || anyOf?.length !== 2 || typeof value.type !== 'string') return schema;
  return { ...value, ...others, ...orNull(value) };
};

const orNull = ({ type, enum: values }: JsonSchema): JsonSchema => ({
  type: [type, 'null'],
  ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }),
});

interface Alternatives<One = JsonSchema> {
  readonly anyOf?: readonly One[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/** One item or an array of them: no type of most languages is both, and an array of one says the same. */
const oneOrMany: Rule = (schema) => {
  const { anyOf, description, examples, ...others } = schema as Alternatives;
  const array = anyOf?.find(({ type }) => type === 'array');
  const item = anyOf?.find((one) => one !== array);
  if (anyOf?.length !== 2 || !array || JSON.stringify(array.items) !== JSON.stringify(item)) return schema;
  const said = sentences(description, 'One alone may be sent without an array around it.');
  const asArrays = examples?.map((example) => (Array.isArray(example) ? (example as unknown[]) : [example]));
  return { ...array, ...others, description: said, ...(asArrays && { examples: asArrays }), 'x-oneOrMany': true };
};

const sentences = (...said: readonly unknown[]) => said.filter(Boolean).join(' ');

/** A number, or a text of its digits: the number, as no type of most languages is both. */
const numberOrText: Rule = (schema) => {
  const { anyOf, description, ...others } = schema as Alternatives;
  const [number, text, ...rest] = anyOf ?? [];
  if (number?.type !== 'integer' || text?.type !== 'string' || !rest.every(isNull)) return schema;
  const said = sentences(description, 'A text of its digits is taken too.');
  return { ...number, ...others, description: said, ...(rest.length > 0 && orNull(number)) };
};

/** An object of one of these kinds, told apart by nothing but the one member that must be there: one object with all. */
const mergedKinds: Rule = (schema) => {
  const { anyOf: kinds, description, ...others } = schema as Alternatives<Kind>;
  if (!kinds || kinds.length < 2 || !kinds.every(({ type, properties }) => type === 'object' && properties)) {
    return schema;
  }
  const required = kinds.map(({ required = [] }) => required);
  const always = required[0]!.filter((name) => required.every((names) => names.includes(name)));
  const own = required.map((names) => names.filter((name) => !always.includes(name)));
  const properties = mergedProperties(kinds);
  if (!properties || own.some((names) => names.length !== 1) || new Set(own.flat()).size < own.length) return schema;
  const said = sentences(description, `Exactly one of ${own.flat().join(', ')}.`);
  const [{ additionalProperties }] = kinds as readonly [Kind];
  return { type: 'object', ...others, description: said, properties, required: always, additionalProperties };
};

type Kind = JsonSchema & {
  readonly properties?: Named;
  readonly patternProperties?: Named;
  readonly required?: readonly string[];
};

/** What each property is, wherever it is more than null; undefined where two kinds say different things of one. */
function mergedProperties(kinds: readonly Kind[]): Named | undefined {
  const merged: Record<string, JsonSchema> = {};
  for (const [name, schema] of kinds.flatMap(membersOf)) {
    const known = merged[name];
    const both = !known || isNull(known) ? [schema, known] : [known, schema];
    const joined = join(both[0]!, both[1]);
    if (!joined) return undefined;
    merged[name] = joined;
  }
  return merged;
}

/** All members, those that `ownMembers` took out of a kind by itself too. */
function membersOf({ properties, patternProperties = {} }: Kind): [string, JsonSchema][] {
  const hidden = Object.entries(patternProperties).map(([pattern, schema]) => [pattern.slice(1, -1), schema] as const);
  return Object.entries({ ...properties, ...Object.fromEntries(hidden) });
}

function join(schema: JsonSchema, other: JsonSchema | undefined): JsonSchema | undefined {
  if (!other || JSON.stringify(schema) === JSON.stringify(other)) return schema;
  if (isNull(other)) return typeof schema.type === 'string' ? { ...schema, ...orNull(schema) } : schema;
  return JSON.stringify({ ...other, ...orNull(other) }) === JSON.stringify(schema) ? schema : undefined;
}

/**
 * What no model can have is said by a pattern, which generators pass over and validators know: the later of two members
 * that are one name to most languages, as `id` beside `_id`, and one that is never more than null.
 */
const ownMembers: Rule = (schema) => {
  const { properties = {}, required } = schema as Kind;
  const names = Object.keys(properties);
  const later = names.filter((name, at) => names.slice(0, at).some((other) => bare(other) === bare(name)));
  const hidden = names.filter((name) => later.includes(name) || isNull(properties[name]!));
  if (hidden.length === 0) return schema;
  const pick = (isIn: boolean) => Object.entries(properties).filter(([name]) => hidden.includes(name) === isIn);
  const missed = hidden.filter((name) => required?.includes(name));
  return {
    ...schema,
    properties: Object.fromEntries(pick(false)),
    patternProperties: Object.fromEntries(pick(true).map(([name, value]) => [`^${name}$`, value])),
    ...(required && { required: required.filter((name) => !hidden.includes(name)) }),
    ...(missed.length > 0 && { dependentRequired: { [names[0]!]: missed } }),
  };
};

const bare = (name: string) => name.replaceAll('_', '').toLowerCase();

const RULES: readonly Rule[] = [
  sizedNumber,
  plainPattern,
  plainMap,
  nullable,
  oneOrMany,
  numberOrText,
  mergedKinds,
  ownMembers,
];
