import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ActivityRecord, decodeActivity, decodeKey, encodeActivity, encodeKey } from './activity.record.js';

const encoded = ({ data, ...fields }: Omit<ActivityRecord, 'v'>) =>
  encodeActivity(fields, data && JSON.stringify(data));

// Records like these are in logs: they must be read the same for ever.
const golden = [
  [
    '{"v":1,"id":"git:1f3a","type":"commit","workspace":4,"occurredAt":1772366400000,"data":{"files":3}}',
    { v: 1, id: 'git:1f3a', type: 'commit', workspace: 4, occurredAt: 1772366400000, data: { files: 3 } },
  ],
  [
    '{"v":1,"id":"b7","type":"page.viewed","occurredAt":-62135596800000}',
    { v: 1, id: 'b7', type: 'page.viewed', occurredAt: -62135596800000 },
  ],
  [
    '{"v":2,"id":"e1","source":"/shop/\\"a\\"","type":"order.placed","workspace":4,"occurredAt":1772366400000,"data":{"n":3}}',
    {
      v: 2,
      id: 'e1',
      source: '/shop/"a"',
      type: 'order.placed',
      workspace: 4,
      occurredAt: 1772366400000,
      data: { n: 3 },
    },
  ],
] as const;

describe('the record of an activity', () => {
  it.each(golden)('%s is written and read as ever', (text, record) => {
    expect(encoded(record)).toBe(text);
    expect(decodeActivity(Buffer.from(text))).toEqual(record);
  });

  it.each([
    ['', 'the value is no JSON'],
    ['{', 'the value is no JSON'],
    ['null', 'the value is no object'],
    ['[]', 'the value is no object'],
    ['{}', 'the version of the format is unknown'],
    ['{"v":"2","id":"x","type":"t","occurredAt":1}', 'the version of the format is unknown'],
    ['{"v":0,"id":"x","type":"t","occurredAt":1}', 'the version of the format is unknown'],
    ['{"v":1,"type":"t","occurredAt":1}', 'the field id is wrong'],
    ['{"v":1,"id":"","type":"t","occurredAt":1}', 'the field id is wrong'],
    ['{"v":1,"id":"x","type":"t t","occurredAt":1}', 'the field type is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":"now"}', 'the field occurredAt is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":1e15}', 'the field occurredAt is wrong'],
    ['{"v":1,"id":"x","type":"t","workspace":0,"occurredAt":1}', 'the field workspace is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":1,"data":[]}', 'the field data is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":1,"data":{"a":"\\u0000"}}', 'the field data is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":1,"data":1.0}', 'the field data is wrong'],
    ['{"v":1,"id":"x","type":"t","occurredAt":1.0}', 'the field occurredAt is wrong'],
    ['{"v":2,"id":"x","type":"t","occurredAt":1}', 'the field source is wrong'],
    ['{"v":2,"id":"x","source":"","type":"t","occurredAt":1}', 'the field source is wrong'],
    ['{"v":2,"id":"x","source":"a\\u0000","type":"t","occurredAt":1}', 'the field source is wrong'],
  ])('is none in %j', (text, reason) => {
    expect(decodeActivity(Buffer.from(text))).toBe(reason);
  });

  it('of newer code is not passed over', () => {
    const value = Buffer.from('{"v":3,"id":"x","type":"t","occurredAt":1}');
    const at = { partition: 3, offset: 9, key: 'demo/1', value, time: 1 };
    expect(() => decodeActivity(value, at)).toThrow(
      /version 3 .* at position 9 of partition 3 .* update the projector/,
    );
  });

  it('has the fields that were given and no others, whatever its id is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        fc.jsonValue(),
        (id, source, value) => {
          const fields = { id, source, type: 'a.b:c', workspace: 3, occurredAt: 5 };
          const text = encodeActivity(fields, JSON.stringify({ value }));
          expect(text).toBe(JSON.stringify({ v: source === undefined ? 1 : 2, ...fields, data: { value } }));
        },
      ),
    );
  });

  it('has its data as it was written', () => {
    const data = '{"n":1524831183200260097,"list":[1e-400,1.0,1E2,-0,1e999],"__proto__":{"\\u001b":"\u0092"}}';
    const text = encodeActivity({ id: 'x', type: 't', occurredAt: 1 }, data);
    const record = decodeActivity(Buffer.from(text)) as ActivityRecord;
    expect(JSON.stringify(record.data)).toBe(data);
    expect(encoded(record)).toBe(text);
  });

  it('of the first version has no source, whatever stands there', () => {
    const text = '{"v":1,"id":"x","source":"/shop","type":"t","occurredAt":1}';
    expect(decodeActivity(Buffer.from(text))).toEqual({ v: 1, id: 'x', type: 't', occurredAt: 1 });
  });

  it('belongs to the user of its key', () => {
    expect(decodeKey(encodeKey({ environment: 'a-b_C', userId: 12 }))).toEqual({ environment: 'a-b_C', userId: 12 });
  });

  it.each(['', '/', 'acme', 'acme/', '/1', 'acme/0', 'acme/01', 'acme/x', 'a/b/1', 'acme/9007199254740993', 'ä/1'])(
    'has no owner with the key %j',
    (key) => {
      expect(decodeKey(key)).toBeUndefined();
    },
  );
});
