import { type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';

// A name, an IPv4 or a bracketed IPv6 address, and perhaps a port (RFC 9112, 3.2).
const HOST = /^([a-z0-9_~-]+(\.[a-z0-9_~-]+)*\.?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

// Who watches over an instance asks it by its own address, and no answer there has a link.
const OF_THE_INSTANCE = /^\/(health\/|metrics(\?|$))/;

/**
 * Refuses a `Host` that is none or, where there are names that are allowed, is none of those. In its place stands what a
 * trusted proxy says that it was: the proxy's own request may name what it likes.
 */
export function hostCheck(allowed: readonly string[] = []): (request: FastifyRequest) => void {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  // Nearly all requests name the same.
  let latest: string | undefined;
  return (request) => {
    const { host } = request.headers;
    if (host === undefined && request.raw.httpVersion === '1.0' && names.size === 0) return;
    if (host === undefined || (host !== latest && !isHost(host)))
      throw badHost('must be a host, and a port where it is not the usual one');
    latest = host;
    if (names.size === 0 || isAmong(names, request.outside?.host ?? host) || OF_THE_INSTANCE.test(request.url)) return;
    throw badHost('is none that this service answers for (ALLOWED_HOSTS)');
  };
}

export function isHost(host: string | undefined): host is string {
  return host !== undefined && HOST.test(host) && URL.canParse(`http://${host}`);
}

/** With the port, or without one for every port. */
function isAmong(names: ReadonlySet<string>, host: string): boolean {
  const name = host.toLowerCase();
  return names.has(name) || names.has(name.replace(/:\d+$/, ''));
}

function badHost(detail: string): Problem {
  return new Problem('invalid-request', `Host: ${detail}.`, {
    errors: [{ parameter: 'Host', code: 'invalid', detail }],
  });
}
