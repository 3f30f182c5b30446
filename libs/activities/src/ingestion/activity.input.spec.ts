import { describe, expect, it } from '@jest/globals';
import { parseExactly } from '#platform';
import { checkActivity, isFault } from './activity.input.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const whole = { userId: 1, type: 'page.viewed' };
const codeOf = (item: unknown) => {
  const checked = checkActivity(item, now);
  return isFault(checked) ? checked.code : 'taken';
};
/** Longer than an expression's stack. */
const endless = '1'.repeat(8 * 1024 * 1024);
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });

describe('an activity at the door', () => {
  it('is taken with every field as it was sent', () => {
    const item = {
      ...whole,
      id: 'x',
      source: '/s',
      workspaceId: 2,
      occurredAt: '2026-03-01T13:00:00+01:00',
      data: { a: [1] },
    };
    expect(checkActivity(item, now)).toEqual({
      id: 'x',
      source: '/s',
      users: [{ userId: 1 }],
      type: 'page.viewed',
      workspaceId: 2,
      occurredAt: now,
      data: '{"a":[1]}',
    });
  });

  it.each([
    ['the least', whole],
    ['an object id', { objectId: '68303113fa82b1ec8b3d7c14', type: 'x' }],
    ['a username', { username: 'Jané ☃', type: 'x' }],
    ['the largest id', { userId: Number.MAX_SAFE_INTEGER, type: 'x' }],
    ['a type of 100 characters', { userId: 1, type: 'a.B_0:-x-'.padEnd(100, 'z') }],
    ['an id of 128 emoji', { ...whole, id: '😀'.repeat(128) }],
    ['a source of 255 emoji', { ...whole, source: '😀'.repeat(255) }],
    [
      'null for all that it may lack',
      { ...whole, id: null, source: null, workspaceId: null, occurredAt: null, data: null },
    ],
    ['null for the other names of its user', { userId: null, objectId: null, username: 'jane', type: 'x' }],
    ['the time it was received, which is passed over', { ...whole, receivedAt: '2026-03-01T12:00:00.000Z' }],
    ['the year 1', { ...whole, occurredAt: '0001-01-01T00:00:00Z' }],
    ['a day ahead', { ...whole, occurredAt: '2026-03-02T12:00:00Z' }],
    ['no fields in data', { ...whole, data: {} }],
    ['data of 100 levels', { ...whole, data: nested(99) }],
    ['control characters in data', { ...whole, data: { text: '\u001b[31m\f\u0092\u007f\r\n\t' } }],
    ['names that JavaScript has a use for in data', { ...whole, data: JSON.parse('{"__proto__":{"constructor":1}}') }],
    ['exactly 16 KiB of data', { ...whole, data: { a: 'x'.repeat(16 * 1024 - 8) } }],
  ])('is taken with %s', (_, item) => {
    expect(codeOf(item)).toBe('taken');
  });

  it.each([
    ['null', null, 'invalid'],
    ['a number', 5, 'invalid'],
    ['a text', 'x', 'invalid'],
    ['an array', [whole], 'invalid'],
    ['nothing', {}, 'invalid'],
    ['no user', { type: 'x' }, 'invalid'],
    ['two users', { ...whole, username: 'x' }, 'invalid'],
    ['a user as text', { userId: '1', type: 'x' }, 'invalid'],
    ['user 0', { userId: 0, type: 'x' }, 'invalid'],
    ['user -1', { userId: -1, type: 'x' }, 'invalid'],
    ['user 1.5', { userId: 1.5, type: 'x' }, 'invalid'],
    ['user 2^53', { userId: 2 ** 53, type: 'x' }, 'invalid'],
    ['user null', { userId: null, type: 'x' }, 'invalid'],
    ['a user beyond the largest id', parseExactly('{"userId":9007199254740993,"type":"x"}'), 'invalid'],
    ['a type that is null', { userId: 1, type: null }, 'invalid-type'],
    ['an empty source', { ...whole, source: '' }, 'invalid'],
    ['a long source', { ...whole, source: 'x'.repeat(256) }, 'invalid'],
    ['a source that is a number', { ...whole, source: 1 }, 'invalid'],
    ['a source with a NUL', { ...whole, source: 'a\0b' }, 'invalid'],
    ['a source with half a character', { ...whole, source: '\ud800' }, 'invalid'],
    ['a raw number', parseExactly('1.0'), 'invalid'],
    ['data that is a raw number', parseExactly('{"userId":1,"type":"x","data":1.0}'), 'invalid'],
    ['an object id in capitals', { objectId: '68303113FA82B1EC8B3D7C14', type: 'x' }, 'invalid'],
    ['a short object id', { objectId: '68303113', type: 'x' }, 'invalid'],
    ['an empty username', { username: '', type: 'x' }, 'invalid'],
    ['a long username', { username: 'x'.repeat(151), type: 'x' }, 'invalid'],
    ['a username with a NUL', { username: 'a\0', type: 'x' }, 'invalid'],
    ['an unknown field', { ...whole, extra: 1 }, 'invalid'],
    ['__proto__', JSON.parse('{"userId":1,"type":"x","__proto__":{}}'), 'invalid'],
    ['constructor', { ...whole, constructor: {} }, 'invalid'],
    ['no type', { userId: 1 }, 'invalid-type'],
    ['an empty type', { userId: 1, type: '' }, 'invalid-type'],
    ['a long type', { userId: 1, type: 'x'.repeat(101) }, 'invalid-type'],
    ['a type with a space', { userId: 1, type: 'a b' }, 'invalid-type'],
    ['a type with a line break', { userId: 1, type: 'a\n' }, 'invalid-type'],
    ['a type with an umlaut', { userId: 1, type: 'ü' }, 'invalid-type'],
    ['a type that is a number', { userId: 1, type: 1 }, 'invalid-type'],
    ['an empty id', { ...whole, id: '' }, 'invalid'],
    ['a long id', { ...whole, id: 'x'.repeat(129) }, 'invalid'],
    ['an id that is a number', { ...whole, id: 1 }, 'invalid'],
    ['an id with a control character', { ...whole, id: 'a\u007f' }, 'invalid'],
    ['an id with half a character', { ...whole, id: 'a\ud800' }, 'invalid'],
    ['workspace 0', { ...whole, workspaceId: 0 }, 'invalid'],
    ['a workspace as text', { ...whole, workspaceId: '1' }, 'invalid'],
    ['a time without an offset', { ...whole, occurredAt: '2026-03-01T12:00:00' }, 'invalid-time'],
    ['a day that no calendar has', { ...whole, occurredAt: '2026-02-30T12:00:00Z' }, 'invalid-time'],
    ['a time that is a number', { ...whole, occurredAt: now }, 'invalid-time'],
    ['more than a day ahead', { ...whole, occurredAt: '2026-03-02T12:00:00.001Z' }, 'invalid-time'],
    ['data that is an array', { ...whole, data: [] }, 'invalid'],
    ['data that is a text', { ...whole, data: '{}' }, 'invalid'],
    ['a NUL in data', { ...whole, data: { a: ['\0'] } }, 'invalid'],
    ['half a character in a name in data', { ...whole, data: { '\udc00': 1 } }, 'invalid'],
    ['data of 101 levels', { ...whole, data: nested(100) }, 'invalid'],
    ['a type without end', { userId: 1, type: endless }, 'invalid-type'],
    ['a time without end', { ...whole, occurredAt: `2026-03-01T12:00:00.${endless}Z` }, 'invalid-time'],
    ['an id without end', { ...whole, id: endless }, 'invalid'],
    ['a username without end', { username: endless, type: 'x' }, 'invalid'],
    ['an object id without end', { objectId: endless, type: 'x' }, 'invalid'],
    ['a byte more than 16 KiB of data', { ...whole, data: { a: 'x'.repeat(16 * 1024 - 7) } }, 'too-large'],
    ['16 KiB of characters that take two bytes', { ...whole, data: { a: 'é'.repeat(9 * 1024) } }, 'too-large'],
  ])('is refused with %s', (_, item: unknown, code) => {
    expect(codeOf(item)).toBe(code);
  });

  it.each([
    ['a name given twice', '{"a":"\\u0000","a":1}', '{"a":1}'],
    ['a number given twice', '{"a":1e999999,"a":1}', '{"a":1}'],
    [
      'every digit',
      '{"a":1524831183200260097,"b":1524831183200260098}',
      '{"a":1524831183200260097,"b":1524831183200260098}',
    ],
    ['numbers as they are written', '{"a":[1e-400, 1.0,1E2,-0,1e999]}', '{"a":[1e-400,1.0,1E2,-0,1e999]}'],
    ['__proto__', '{"__proto__":{"a":1},"b":{"__proto__":[-0]}}', '{"__proto__":{"a":1},"b":{"__proto__":[-0]}}'],
    ['blanks', '{ "a" :\t[ 1 ] }', '{"a":[1]}'],
    ['escapes that need not be', '{"\\u0061":"\\u0041"}', '{"a":"A"}'],
    ['quotes and braces', '{"a":"\\",\\"v\\":2}"}', '{"a":"\\",\\"v\\":2}"}'],
  ])('keeps of its data what a reader reads, and nothing else: %s', (_, data, kept) => {
    const item = parseExactly(`{"userId":1,"type":"x","data":${data}}`);
    expect(checkActivity(item, now)).toMatchObject({ data: kept });
  });

  it.each(['1.0', '1e0', '10E-1', '1'])(
    'names its user and workspace by a whole number, however it is written: %s',
    (one) => {
      const item = parseExactly(`{"userId":${one},"workspaceId":${one},"type":"x"}`);
      expect(checkActivity(item, now)).toMatchObject({ users: [{ userId: 1 }], workspaceId: 1 });
    },
  );

  it('has the size of its numbers as they are written', () => {
    const data = (digits: number) => parseExactly(`{"userId":1,"type":"x","data":{"a":0.${'1'.repeat(digits)}}}`);
    expect(codeOf(data(16 * 1024 - 8))).toBe('taken');
    expect(codeOf(data(16 * 1024 - 7))).toBe('too-large');
  });

  it('is refused when its data is a million levels deep, rather than bringing the process down', () => {
    const deep = JSON.parse(`{"userId":1,"type":"x","data":{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}}`) as unknown;
    expect(codeOf(deep)).toBe('invalid');
  });
});
