import { describe, expect, it } from '@jest/globals';
import { moment } from './arguments.js';

describe('a time of the command line', () => {
  it.each([
    ['2026-05-01T12:00:00Z', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01t12:00:00.25z', '2026-05-01T12:00:00.250Z'],
    ['2026-05-01T14:00:00+02:00', '2026-05-01T12:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2026-05-01T14:00+02:00', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
  ])('is read: %s', (text, utc) => {
    expect(new Date(moment(text)).toISOString()).toBe(utc);
  });

  it.each([
    '2026-02-30',
    '2026-02-29T12:00:00Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T12:00:00+0200',
    '2026-05-01T12:00:00',
    '2026-05-01T12Z',
    '2026-05',
    'yesterday',
    '',
  ])('is refused where no calendar has it, or its offset is unclear: %j', (text) => {
    expect(() => moment(text)).toThrow('It is a time such as');
  });
});
