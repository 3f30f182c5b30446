import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTimestamp, timestampFault } from './timestamp.js';

describe('times as of RFC 3339', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.1Z', '2026-03-01T12:00:00.100Z'],
    ['2026-03-01T12:00:00.123999999Z', '2026-03-01T12:00:00.123Z'],
    ['2026-03-01t12:00:00z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
    ['2026-03-01T12:00:00-09:30', '2026-03-01T21:30:00.000Z'],
    ['2026-03-01T12:00:00-00:00', '2026-03-01T12:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0050-06-01T00:00:00Z', '0050-06-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00-23:59', '0000-01-01T23:59:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2026-03-01T12:00:00+23:59', '2026-02-28T12:01:00.000Z'],
    ['2026-03-01T12:00:00-23:59', '2026-03-02T11:59:00.000Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    [`2026-03-01T12:00:00.9${'9'.repeat(70)}z`, '2026-03-01T12:00:00.999Z'],
  ])('reads %s', (text, utc) => {
    expect(new Date(parseTimestamp(text)!).toISOString()).toBe(utc);
  });

  it.each([
    '2016-12-31T23:59:60Z',
    '2016-12-31T23:59:60.000Z',
    '2016-12-31t23:59:60.5z',
    '2016-12-31T15:59:60-08:00',
    '2017-01-01T05:29:60.999+05:30',
  ])('reads the leap second %s as the last millisecond of its day in UTC', (text) => {
    expect(new Date(parseTimestamp(text)!).toISOString()).toBe('2016-12-31T23:59:59.999Z');
  });

  it('keeps the order of what is around a leap second', () => {
    const texts = [
      '2015-06-30T23:59:59.998Z',
      '2015-06-30T23:59:60Z',
      '2015-06-30T23:59:60.9Z',
      '2015-07-01T00:00:00Z',
    ];
    const moments = texts.map((text) => parseTimestamp(text)!);
    expect(moments).toEqual(moments.toSorted((one, other) => one - other));
    expect(new Set(moments).size).toBe(3);
  });

  it.each([
    '2016-12-30T23:59:60Z',
    '2016-12-31T23:58:60Z',
    '2016-12-31T22:59:60Z',
    '2016-12-31T23:59:61Z',
    '2016-12-31T23:59:60+01:00',
    '2017-01-01T23:59:60Z',
    '2016-12-31T23:59:60',
    '2016-12-31T23:60:60Z',
  ])('refuses %s, when there can be no leap second', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T12:00:00',
    '2026-03-01 12:00:00Z',
    '2026-03-01T12:00Z',
    '2026-3-1T12:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-30T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-01-01T00:00:00+0100',
    '2026-01-01T00:00:00.Z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:00-00:01',
    '1900-02-29T00:00:00Z',
    '2026-01-01T00:00:00+1:00',
    '2026-01-01T00:00:00+01',
    '2026-01-01T00:00:00 +01:00',
    '2026-01-01T00:00:00,5Z',
    '2026-01-01T00:00:00\u221201:00',
    '+012026-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '1772366400000',
    '٢٠٢٦-03-01T12:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads every moment that it is given back as text', () => {
    const range = {
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    };
    fc.assert(fc.property(fc.date(range), (date) => parseTimestamp(date.toISOString()) === date.getTime()));
  });

  it.each([
    ['2026-03-01', 'the time of day'],
    ['2026-03-01 12:00:00Z', 'T between'],
    ['2026-03-01T12:00Z', 'seconds'],
    ['2026-03-01T12:00+01:00', 'seconds'],
    ['2026-03-01T12:00:00', 'an offset'],
    ['2026-03-01T12:00:00.5', 'an offset'],
    ['2026-03-01T12:00:00+0000', 'a colon'],
    ['2026-03-01T12:00:00-01', 'a colon'],
    ['2026-02-30T12:00:00Z', 'that there is'],
    ['2026-03-01T24:00:00Z', 'that there is'],
  ])('says what %s is without', (text, remedy) => {
    expect(timestampFault(text)).toMatch(/^must be a time as of RFC 3339 such as \S+, (with|of) /);
    expect(timestampFault(text)).toContain(remedy);
    expect(parseTimestamp(/\S+Z/.exec(timestampFault(text))![0])).toBeDefined();
  });

  it.each(['yesterday', '', 1772366400000, null, {}, `2026-03-01T12:00:00.${'9'.repeat(1_000_000)}`])(
    'says what it takes to who sends %j',
    (value) => {
      expect(timestampFault(value)).toBe('must be a time as of RFC 3339 such as 2026-11-22T05:59:01Z');
    },
  );
});
