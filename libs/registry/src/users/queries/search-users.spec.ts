import { describe, expect, it } from '@jest/globals';
import { SearchQuery } from './search-users.js';

describe('the parameters of a search', () => {
  it('trims q, and takes 20 for the limit', () => {
    expect(SearchQuery.parse({ q: '  jane \n' })).toEqual({ q: 'jane', limit: 20 });
    expect(SearchQuery.parse({ q: 'x'.repeat(200), limit: '100' }).limit).toBe(100);
  });

  it.each([
    {},
    { q: '' },
    { q: ' ' },
    { q: 'x'.repeat(201) },
    { q: 'a\0b' },
    { q: 'a\ud800b' },
    { q: ['a', 'b'] },
    { q: 'a', limit: '0' },
    { q: 'a', limit: '101' },
    { q: 'a', limit: '' },
    { q: 'a', limit: '1e1' },
    { q: 'a', page: '1' },
  ])('refuses %j', (query) => {
    expect(SearchQuery.safeParse(query).success).toBe(false);
  });
});
