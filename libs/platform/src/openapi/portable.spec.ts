import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { z } from 'zod';
import { Components } from './components.js';

const described = (schema: z.ZodType) => new Components().describe(schema, 'input') as any;

/** Whether the described schema takes a value, as a validator of JSON Schema sees it. */
function takes(schema: z.ZodType) {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  return ajv.compile(described(schema));
}

describe('a schema for generators of clients', () => {
  it('tells how wide a whole number is', () => {
    expect(described(z.int().min(1))).toMatchObject({ type: 'integer', format: 'int64' });
    expect(described(z.int().min(1).max(500))).toMatchObject({ type: 'integer', format: 'int32' });
    expect(described(z.number())).toMatchObject({ type: 'number', format: 'double' });
  });

  it('says a constant number as the range that it is', () => {
    expect(described(z.literal(0))).toEqual({ type: 'integer', format: 'int64', minimum: 0, maximum: 0 });
    expect(described(z.literal('ok'))).toMatchObject({ const: 'ok' });
  });

  it.each([/^\p{L}+$/u, /^[^\p{Cc}]$/u, /^(?<year>\d+)$/, /^[\p{P}--[%]]$/v])(
    'keeps a pattern to itself that only ECMAScript reads: %s',
    (pattern) => {
      expect(described(z.string().regex(pattern).max(9))).toEqual({ type: 'string', maxLength: 9 });
    },
  );

  it('keeps patterns that every language reads', () => {
    expect(described(z.string().regex(/^[0-9a-f]{24}$/)).pattern).toBe('^[0-9a-f]{24}$');
  });

  it('says something or null as one type, and an enumeration with null in it', () => {
    expect(described(z.string().nullable())).toEqual({ type: ['string', 'null'] });
    const role = z.enum(['viewer', 'admin']).nullable();
    expect(described(role)).toMatchObject({ type: ['string', 'null'], enum: ['viewer', 'admin', null] });
    expect(takes(role)(null)).toBe(true);
  });

  it('says one or many as many, with examples that are so', () => {
    const One = z.object({ name: z.string() }).meta({ id: 'One' });
    const oneOrMany = z.union([One, z.array(One).max(5)]).meta({ examples: [{ name: 'a' }, [{ name: 'b' }]] });
    expect(described(oneOrMany)).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/One' },
      maxItems: 5,
      description: 'One alone may be sent without an array around it.',
      examples: [[{ name: 'a' }], [{ name: 'b' }]],
      'x-oneOrMany': true,
    });
  });

  it('says a number or its digits as the number', () => {
    const either = z.union([z.int().min(1), z.string().regex(/^\d+$/)]);
    expect(described(either)).toMatchObject({ type: 'integer', format: 'int64', minimum: 1 });
    expect(described(either.nullable())).toMatchObject({ type: ['integer', 'null'], format: 'int64', minimum: 1 });
  });

  describe('of kinds that one member tells apart', () => {
    const kind = (name: string, type: z.ZodType) => z.strictObject({ [name]: type, type: z.string() });
    const kinds = z.union([kind('userId', z.int()), kind('username', z.string())]);

    it('is one object with all of them', () => {
      const object = described(kinds);
      expect(Object.keys(object.properties as object)).toEqual(['userId', 'type', 'username']);
      expect(object).toMatchObject({ type: 'object', required: ['type'], additionalProperties: false });
      expect(object.description).toBe('Exactly one of userId, username.');
    });

    it('takes all that the kinds take, nulls of the others too', () => {
      const nulls = z.union([
        z.strictObject({ userId: z.int(), username: z.null().optional() }),
        z.strictObject({ username: z.string(), userId: z.null().optional() }),
      ]);
      const isTaken = takes(nulls);
      for (const item of [{ userId: 1 }, { userId: 1, username: null }, { username: 'a', userId: null }]) {
        expect({ item, taken: isTaken(item) }).toEqual({ item, taken: true });
      }
      expect(isTaken({ userId: 'a' })).toBe(false);
    });

    it('stays several where two say different things of one member', () => {
      const different = z.union([
        z.object({ a: z.string(), of: z.int() }),
        z.object({ b: z.string(), of: z.string() }),
      ]);
      expect(described(different).anyOf).toHaveLength(2);
    });
  });

  it('has no two names that differ by an underscore, and validators still know both', () => {
    const both = z.strictObject({ _id: z.string(), id: z.int().min(1), name: z.string() });
    expect(Object.keys(described(both).properties as object)).toEqual(['_id', 'name']);
    const isBoth = takes(both);
    expect(isBoth({ _id: 'a', id: 1, name: 'x' })).toBe(true);
    expect(isBoth({ _id: 'a', id: 'no number', name: 'x' })).toBe(false);
    expect(isBoth({ _id: 'a', name: 'x' })).toBe(false);
    expect(isBoth({ _id: 'a', id: 1, name: 'x', more: 1 })).toBe(false);
  });

  it('has no member that is never more than null, and validators still know it', () => {
    const event = z.looseObject({ data: z.string(), data_base64: z.null().optional() });
    expect(Object.keys(described(event).properties as object)).toEqual(['data']);
    const isEvent = takes(event);
    const isTaken = [{}, { data_base64: null }, { data_base64: 'x' }].map((more) => isEvent({ data: 'a', ...more }));
    expect(isTaken).toEqual([true, true, false]);
  });

  it('is described so wherever it is inside another', () => {
    const inside = z.object({
      list: z.array(z.object({ _id: z.string(), id: z.int() })),
      map: z.record(z.string(), z.int()),
    });
    const { properties } = described(inside);
    expect(Object.keys(properties.list.items.properties as object)).toEqual(['_id']);
    expect(properties.map.additionalProperties).toMatchObject({ format: 'int64' });
  });
});

describe('a time in a query', () => {
  it('is a text that is sent as it is given, while one in a body is a time', () => {
    const time = z.iso.datetime().describe('From then on.');
    const components = new Components();
    expect(components.describeParameter(time)).toEqual({
      type: 'string',
      description: 'From then on. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.',
    });
    expect(components.describe(time, 'input')).toMatchObject({ format: 'date-time' });
  });
});
