import { describe, expect, it } from '@jest/globals';
import { portabilityFaults } from '../../clients/portability.ts';

type Schema = Record<string, unknown>;
const text = { type: 'string' };
const object = { type: 'object', properties: { a: text } };
const ref = { $ref: '#/components/schemas/Thing' };

/** The faults of a document with these schemas, and one call that answers with a schema. */
function faultsOf({ schemas = {} as Record<string, Schema>, answer = ref as Schema, operation = {} as object }) {
  const call = {
    operationId: 'getThing',
    summary: 'A thing',
    description: 'As it is.',
    responses: { 200: { content: { 'application/json': { schema: answer } } } },
    ...operation,
  };
  const document = { paths: { '/things': { get: call } }, components: { schemas: { Thing: object, ...schemas } } };
  return portabilityFaults(document);
}

describe('the check of a document for generators of clients', () => {
  it('finds nothing in plain schemas with names', () => {
    const page = {
      type: 'object',
      properties: { results: { type: 'array', items: ref }, next: { type: ['string', 'null'] } },
    };
    expect(
      faultsOf({ schemas: { Page: page, Either: { oneOf: [ref, { $ref: '#/components/schemas/Page' }] } } }),
    ).toEqual([]);
  });

  it.each<[string, Record<string, Schema>]>([
    ['a number without a format', { A: { type: 'integer' } }],
    ['a member that is never more than null', { A: { type: 'object', properties: { none: { type: 'null' } } } }],
    ['a constant number', { A: { type: 'object', properties: { none: { const: 0 } } } }],
    ['a pattern of ECMAScript', { A: { type: 'string', pattern: '^\\p{L}$' } }],
    ['one name twice', { A: { type: 'object', properties: { _id: text, id: text } } }],
    ['two schemas that differ by case', { thing: text }],
    ['an object or an array of it', { A: { oneOf: [ref, { type: 'array', items: ref }] } }],
    [
      'an array by its name, or something else',
      { List: { type: 'array', items: text }, A: { anyOf: [text, { $ref: '#/components/schemas/List' }] } },
    ],
    ['an object without a name in a property', { A: { type: 'object', properties: { inner: object } } }],
    ['an object without a name in an array', { A: { type: 'array', items: object } }],
    ['one of several without a name', { A: { type: 'object', properties: { either: { anyOf: [text, ref] } } } }],
  ])('finds %s', (_, schemas) => {
    expect(faultsOf({ schemas })).toHaveLength(1);
  });

  it.each<[string, Schema]>([
    ['without a name', object],
    ['narrowed without a name', { allOf: [ref, { required: ['a'] }] }],
    ['one of several without a name', { oneOf: [ref, text] }],
  ])('finds an answer that is %s', (_, answer) => {
    expect(faultsOf({ answer })).toEqual([expect.stringContaining('has no name')]);
  });

  it.each(['operationId', 'summary', 'description'])('finds a call without %s', (member) => {
    expect(faultsOf({ operation: { [member]: undefined } })).toEqual([`GET /things has no ${member}`]);
  });

  it('finds JSON that is not the first form of a body', () => {
    const requestBody = { content: { 'application/x-ndjson': {}, 'application/json': {} } };
    expect(faultsOf({ operation: { requestBody } })).toHaveLength(1);
  });

  it('finds a time outside of a body', () => {
    const parameters = [{ name: 'since', in: 'query', schema: { type: 'string', format: 'date-time' } }];
    expect(faultsOf({ operation: { parameters } })).toEqual([expect.stringContaining('the parameter since')]);
  });
});
