import { describe, expect, it } from '@jest/globals';
import { mergePatch } from './merge-patch.js';

// The examples of RFC 7396, appendix A.
const examples: [target: string, patch: string, result: string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

describe('a merge patch', () => {
  it.each(examples)('turns %s by %s into %s', (target, patch, result) => {
    expect(mergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it('leaves the target as it was', () => {
    const target = { a: { b: 1 } };
    mergePatch(target, { a: { b: 2 } });
    expect(target).toEqual({ a: { b: 1 } });
  });

  it('takes fields by the names that prototypes have for fields', () => {
    const patched = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')) as object;
    expect(Object.keys(patched)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const deeper = JSON.parse('{"a":{"__proto__":{"polluted":true,"b":{"__proto__":null}}}}') as object;
    expect(JSON.stringify(mergePatch({ a: {} }, deeper))).toBe('{"a":{"__proto__":{"polluted":true,"b":{}}}}');
    expect(JSON.stringify(mergePatch(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"b":2}}')))).toBe(
      '{"__proto__":{"a":1,"b":2}}',
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('has a number that is kept as it was written for what it is, and no object', () => {
    const number = JSON.rawJSON('1524831183200260097');
    const merged = (target: object, patch: object) => JSON.stringify(mergePatch(target, patch));
    expect(merged({ a: number, b: 1 }, { b: JSON.rawJSON('1.0') })).toBe('{"a":1524831183200260097,"b":1.0}');
    expect(merged({ a: { b: 1 } }, { a: number })).toBe('{"a":1524831183200260097}');
    expect(merged({ a: number }, { a: { b: number } })).toBe('{"a":{"b":1524831183200260097}}');
  });
});
