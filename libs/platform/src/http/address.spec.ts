import { describe, expect, it } from '@jest/globals';
import { type FastifyRequest } from 'fastify';
import { linkTo } from './address.js';

const asked = (host: string | undefined, url: string, publicUrl?: string) =>
  ({ protocol: 'http', host, url, server: { publicUrl } }) as unknown as FastifyRequest;
const link = (...where: Parameters<typeof asked>) => linkTo(asked(...where), { page: '2' });

describe('a link to another page', () => {
  it('is absolute, and keeps the other parameters', () => {
    expect(link('api.example:80', '/users?page=1&a=%20')).toBe('http://api.example/users?page=2&a=+');
  });

  it.each([undefined, ''])('is relative where the host is %p', (host) => {
    expect(link(host, '/users')).toBe('/users?page=2');
  });

  it.each(['http://x:99999/users', 'http://elsewhere/users'])('leads to the host of the header for %s', (url) => {
    expect(link('api.example', url)).toBe('http://api.example/users?page=2');
  });

  it.each(['https://tidemark.example', 'https://example.com/tidemark'])(
    'begins with the public address where there is one: %s',
    (publicUrl) => {
      expect(link('10.0.0.7:3000', '/users?page=1', publicUrl)).toBe(`${publicUrl}/users?page=2`);
      expect(link(undefined, 'http://elsewhere/users', publicUrl)).toBe(`${publicUrl}/users?page=2`);
    },
  );

  it('is without what it is to be without', () => {
    const request = asked('api.example', '/users?page=1&a=b');
    expect(linkTo(request, { page: undefined, after: '7' })).toBe('http://api.example/users?a=b&after=7');
  });
});
