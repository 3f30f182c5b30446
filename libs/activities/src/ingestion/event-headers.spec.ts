import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventAttributes, isEventByHeaders } from './event-headers.js';

const faultOf = (...headers: string[]) => {
  try {
    eventAttributes(headers);
    return 'taken';
  } catch (error) {
    const { code, more } = error as { code: string; more: { errors: object[] } };
    return { code, errors: more.errors };
  }
};

describe('the headers of an event', () => {
  it('are its attributes, whatever their case, and no others', () => {
    const headers = [
      'Ce-Id',
      'e1',
      'CE-SOURCE',
      '/shop',
      'ce-myext',
      'x',
      'content-type',
      'application/json',
      'cex',
      'y',
    ];
    expect(eventAttributes(headers)).toEqual({ id: 'e1', source: '/shop', myext: 'x' });
  });

  it.each([
    ['Jan%C3%A9%20%E2%98%83', 'Jané ☃'],
    ['%F0%9F%98%80', '😀'],
    ['%f0%9F%98%80', '😀'],
    ['%61b%63', 'abc'],
    ['100%25', '100%'],
    ['%2525', '%25'],
    ['a+b', 'a+b'],
    ['', ''],
    ['"quoted text"', 'quoted text'],
    [String.raw`"a \"b\" \\ c"`, String.raw`a "b" \ c`],
    ['"%22"', '"'],
    ['an "unfinished', 'an "unfinished'],
  ])('say %s for %s', (header, text) => {
    expect(eventAttributes(['ce-subject', header])).toEqual({ subject: text });
  });

  it('say any text that a sender percent-encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(eventAttributes(['ce-subject', encodeURIComponent(text)])).toEqual({ subject: text });
      }),
    );
  });

  it.each(['%', '100%', '%zz', '%C0%A0', '%ED%A0%80', '%FF', 'Jan\u00e9', '\u0001'])('are refused as %j', (value) => {
    expect(faultOf('ce-id', 'e', 'ce-subject', value)).toMatchObject({
      code: 'invalid-request',
      errors: [{ parameter: 'ce-subject', code: 'invalid', detail: expect.stringContaining('percent') }],
    });
  });

  it('are refused where one comes twice, since nobody can tell which is meant', () => {
    expect(faultOf('ce-id', 'a', 'Ce-Id', 'a')).toMatchObject({ errors: [{ parameter: 'ce-id', code: 'repeated' }] });
  });

  it.each(['ce-data', 'ce-datacontenttype'])('are refused where the body has a say: %s', (header) => {
    expect(faultOf(header, 'x')).toMatchObject({ errors: [{ parameter: header }] });
  });

  it('make a request an event as soon as one of those is there that an event must have', () => {
    for (const header of ['ce-specversion', 'ce-id', 'ce-source', 'ce-type']) {
      expect(isEventByHeaders({ [header]: '' })).toBe(true);
    }
    expect(isEventByHeaders({ 'ce-traceparent': 'x', 'content-type': 'application/json' })).toBe(false);
  });
});
