import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forwardedElements } from './forwarded.js';

const read = (header: string) => forwardedElements(header)?.map((element) => Object.fromEntries(element));

describe('the header Forwarded', () => {
  it.each([
    // The examples of RFC 7239, 4.
    ['for="_gazonk"', [{ for: '_gazonk' }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' }]],
    ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
    [
      'for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown',
      [{ for: '192.0.2.43' }, { for: '[2001:db8:cafe::17]' }, { for: 'unknown' }],
    ],
    // Others.
    ['PROTO=https ; host="a\\"b,c;d"', [{ proto: 'https', host: 'a"b,c;d' }]],
    ['host=tidemark.example:8443;for=[::1]:5', [{ host: 'tidemark.example:8443', for: '[::1]:5' }]],
    [', for=a, ,;for=b;', [{ for: 'a' }, { for: 'b' }]],
    ['host=""', [{ host: '' }]],
    ['', []],
  ])('is read as it is meant: %s', (header, elements) => {
    expect(read(header)).toEqual(elements);
  });

  it.each([
    'for',
    'for=',
    '=a',
    'for="a',
    'for=a"',
    'for="a"b',
    'for=a b',
    'for=a;for=b',
    'for =a',
    'for=(a)',
    'f\u00f6r=a',
  ])('is not read in part: %s', (header) => expect(read(header)).toBeUndefined());

  it('never has what a proxy added swallowed by what a client began', () => {
    const added = ['for=192.0.2.1;host=real', 'for="[::1]";host="real:1";proto=https'];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'fh="\\;,: a') }), fc.constantFrom(...added), (begun, own) => {
        const elements = read(`${begun}, ${own}`);
        if (elements) expect(elements.at(-1)).toEqual(read(own)![0]);
      }),
      { numRuns: 2_000 },
    );
  });
});
