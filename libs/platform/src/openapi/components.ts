import { z } from 'zod';
import { type Content, isSequence, mediaTypes } from './content.js';
import { type JsonSchema, portable } from './portable.js';

type Direction = 'input' | 'output';

const SCHEMAS = '#/components/schemas/';

/**
 * What one document describes once and refers to from wherever it occurs: schemas with an id (`.meta({ id })`), and
 * answers that many calls have.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly responses: Record<string, object> = {};

  /** What a client sends (`input`) or gets. Throws where two different schemas have the same id. */
  describe(schema: z.ZodType, io: Direction): JsonSchema {
    const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: showDefault(io) });
    const {
      $schema: _,
      $defs = {},
      ...described
    } = JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"${SCHEMAS}`)) as {
      $schema: string;
      $defs?: Record<string, JsonSchema>;
    } & JsonSchema;
    for (const [id, definition] of Object.entries($defs)) this.define(id, portable(definition));
    return portable(described);
  }

  /** What a parameter means: its text is a number or a truth value where the schema reads it as one. */
  describeParameter(schema: z.ZodType): JsonSchema {
    const meant = this.describe(schema, 'output');
    if (['integer', 'number', 'boolean'].includes(String(meant.type))) return meant;
    const described = this.describe(schema, 'input');
    return described.format === 'date-time' ? timeAsText(described) : described;
  }

  /** The member `content` of a request or an answer. */
  describeContent(content: Content, io: Direction): Record<string, object> {
    const described = [...mediaTypes(content)].map(([mediaType, part]) => {
      if (!isSequence(part)) return [mediaType, this.describeBody(part, io)];
      const items = this.describe(part.items, io);
      // The name of OpenAPI 3.2; tools of 3.1 know the extension or pass over it.
      return [mediaType, { schema: { type: 'string' }, 'x-itemSchema': items, example: part.example }];
    });
    return Object.fromEntries(described) as Record<string, object>;
  }

  private describeBody(part: z.ZodType, io: Direction): object {
    const schema = this.describe(part, io);
    return { schema, examples: namedExamples((schema.examples as unknown[] | undefined) ?? examplesOf(part)) };
  }

  /** A reference to an answer that is the same wherever it has this name. */
  refer(name: string, response: object): { $ref: string } {
    this.responses[name] ??= response;
    return { $ref: `#/components/responses/${name}` };
  }

  private define(id: string, definition: JsonSchema): void {
    const known = this.schemas[id];
    if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(
        `The schema ${id} is described in two ways: give what is sent and what is answered ids of their own`,
      );
    }
    this.schemas[id] = definition;
  }
}

/**
 * Generated clients write the time of a parameter each in its own way: Python's with an offset of `+0000`, which RFC 3339
 * does not have. As a text it goes as it is given.
 */
function timeAsText({ format: _, pattern: __, description, ...schema }: JsonSchema): JsonSchema {
  const said = [description, 'A time as of RFC 3339, such as 2026-11-22T05:59:01Z.'];
  return { ...schema, description: said.filter(Boolean).join(' ') };
}

/** The examples that a schema has of itself (`.meta({ examples })`), or what it is the optional form of. */
export function examplesOf(schema: z.ZodType): readonly unknown[] {
  const examples = z.globalRegistry.get(schema)?.examples as readonly unknown[] | undefined;
  const { innerType } = schema.def as { innerType?: z.ZodType };
  return examples ?? (innerType ? examplesOf(innerType) : []);
}

function namedExamples(values: readonly unknown[]): Record<string, { value: unknown }> | undefined {
  const examples = values.map((value, index) => [`example${index + 1}`, { value }]);
  return examples.length === 0 ? undefined : (Object.fromEntries(examples) as Record<string, { value: unknown }>);
}

/** zod tells of defaults only where they are certain to be there, in what it gives. */
function showDefault(io: Direction) {
  return ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: { default?: unknown } }) => {
    const { def } = zodSchema._zod;
    if (io === 'input' && def.type === 'default') jsonSchema.default = def.defaultValue;
  };
}
