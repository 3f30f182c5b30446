import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseExactly } from './exact-json.js';
import { freeFields } from './text.js';

const schema = freeFields(1024);
const taken = (json: string) => JSON.stringify(schema.parse(parseExactly(json)));
const refusal = (json: string) => schema.safeParse(parseExactly(json)).error?.issues.map(({ message }) => message);
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('free fields', () => {
  it.each([
    '{}',
    '{"id":1524831183200260097,"small":1e-400,"large":1e999,"zero":-0,"one":1.0}',
    '{"__proto__":{"__proto__":[{"__proto__":1}]},"constructor":{"prototype":null},"rawJSON":"1"}',
    String.raw`{"red":"\u001b[31m","page":"\f","tab\t":"\r\n"}`,
    '{"\u0092":"\u007f\u0080\ufeff\u202e"}',
    nested(100),
  ])('are given back as they came: %s', (json) => {
    expect(taken(json)).toBe(json);
  });

  it.each([
    ['null', 'must be a JSON object'],
    ['[]', 'must be a JSON object'],
    ['"text"', 'must be a JSON object'],
    ['1.0', 'must be a JSON object'],
    [String.raw`{"a":["\u0000"]}`, 'must have texts without U+0000'],
    [String.raw`{"a\u0000":1}`, 'must have texts without U+0000'],
    [String.raw`{"a":"\ud800"}`, 'must have well-formed Unicode texts'],
    [nested(101), 'must be at most 100 levels deep'],
    [`{"a":"${'x'.repeat(1017)}"}`, 'must be at most 1024 bytes of JSON'],
    [`{"a":1.${'0'.repeat(1017)}}`, 'must be at most 1024 bytes of JSON'],
  ])('are refused for one reason: %#', (json, message) => {
    expect(refusal(json)).toEqual([message]);
  });

  it('are weighed without the blanks between them', () => {
    expect(taken(`{ "a" :${' '.repeat(1024)} 1.0 }`)).toBe('{"a":1.0}');
    expect(refusal(`{"a":"${'x'.repeat(1016)}"}`)).toBeUndefined();
  });

  it('are an object of any members in the document', () => {
    expect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).toMatchObject({
      type: 'object',
      additionalProperties: {},
    });
  });
});
