import { isIP } from 'node:net';
import { type FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';
import { forwardedElements } from './forwarded.js';
import { isHost } from './host.js';
import { type IsTrusted } from './trusted-proxies.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What trusted proxies say of it; nothing where there are none. */
    outside?: FromOutside;
  }
}

/** How a request began, before the proxies that it came by. */
export interface FromOutside {
  /** What its addresses begin with, without a slash at the end; undefined where no proxy says anything of them. */
  readonly base?: string;
  /** The host that it asked, where a proxy says so. */
  readonly host?: string;
  /** Whose request it is, as far as trusted proxies tell. */
  readonly client?: string;
}

interface Said {
  readonly scheme?: string;
  readonly host?: string;
  readonly client?: string;
  readonly prefix?: string;
}

type Heads = Readonly<Record<string, string | undefined>>;

const PREFIX = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/**
 * What proxies that are trusted say of a request in `Forwarded` (RFC 7239) and in `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and
 * `-Prefix`. Each proxy adds behind what it was sent, so a list is read from its end, as far back as those who wrote it are
 * trusted; of anybody else these headers mean nothing. Throws `invalid-request` for what cannot be, and where the two kinds
 * of headers tell of two addresses: a proxy that sets one kind may well pass on the other as a client made it up.
 */
export function fromOutside(request: FastifyRequest, isTrusted: IsTrusted): FromOutside {
  const peer = request.raw.socket.remoteAddress ?? '';
  if (!isTrusted(peer, 0)) return {};
  const heads = request.headers as Heads;
  const [standard, usual] = [saidByForwarded(heads, isTrusted), saidByOthers(heads, isTrusted)];
  const bases = [standard, usual].flatMap((said) => baseOf(said, heads.host) ?? []);
  if (new Set(bases).size > 1) throw refused('Forwarded', 'says another address than X-Forwarded-Proto and -Host');
  const base = bases[0] ?? (usual.prefix && baseOf({ scheme: 'http' }, heads.host));
  const clients = new Set([standard.client, usual.client].filter((client) => client !== undefined));
  return {
    ...(base && { base: `${base}${usual.prefix ?? ''}` }),
    host: usual.host ?? standard.host,
    // Of two that cannot both be right neither is taken.
    client: clients.size === 1 ? [...clients][0] : undefined,
  };
}

/** Undefined where nothing is said that an address is made of. */
function baseOf({ scheme, host }: Said, asked: string | undefined): string | undefined {
  if (scheme === undefined && host === undefined) return undefined;
  const named = host ?? asked;
  return named && isHost(named) ? new URL(`${scheme ?? 'http'}://${named}`).origin : undefined;
}

function saidByForwarded({ forwarded }: Heads, isTrusted: IsTrusted): Said {
  if (!forwarded) return {};
  const elements = forwardedElements(forwarded);
  if (!elements) throw refused('Forwarded', 'cannot be read');
  const nodes = elements.map((element) => addressOfNode(element.get('for') ?? ''));
  const { hops, client } = wayBack(nodes, isTrusted);
  // Of those who are trusted, the farthest one that says something met the request as the client sent it.
  const believed = elements.slice(-hops);
  const told = (name: string) => believed.find((element) => element.get(name))?.get(name);
  return { scheme: checkedScheme('Forwarded', told('proto')), host: checkedHost('Forwarded', told('host')), client };
}

function saidByOthers(heads: Heads, isTrusted: IsTrusted): Said {
  const nodes = listOf(heads['x-forwarded-for']).map(addressOfNode);
  const { hops, client } = wayBack(nodes, isTrusted);
  const told = (name: string) => listOf(heads[name]).slice(-hops);
  const host = checkedHost('X-Forwarded-Host', told('x-forwarded-host')[0]);
  const port = checkedPort(told('x-forwarded-port')[0]);
  const named = host ?? (port === undefined ? undefined : heads.host);
  return {
    scheme: checkedScheme('X-Forwarded-Proto', told('x-forwarded-proto')[0]),
    // A port in the host is the one that the client named; a proxy may listen on another one.
    host: named !== undefined && port !== undefined && !/:\d+$/.test(named) ? `${named}:${port}` : named,
    client,
    // Each proxy takes its own part away and says so behind those before it.
    prefix: told('x-forwarded-prefix').map(checkedPrefix).join(''),
  };
}

/** How many of those whom a request came by are trusted, who is connected included, and who stands before them. */
function wayBack(nodes: readonly string[], isTrusted: IsTrusted): { hops: number; client?: string } {
  const back = nodes.toReversed();
  const first = back.findIndex((address, at) => !isTrusted(address, at + 1));
  const client = first === -1 ? back.at(-1) : back[first];
  // Some hide it, and some let a client write what it likes.
  return { hops: (first === -1 ? back.length : first) + 1, client: client && isIP(client) ? client : undefined };
}

/** Without the port and the brackets of IPv6 that a node may have (RFC 7239, 6). */
function addressOfNode(node: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\d+)?|([^:]*):\d+)$/.exec(node) ?? [];
  return bracketed ?? plain ?? node;
}

const listOf = (header: string | undefined) => (header ? header.split(',').map((item) => item.trim()) : []);

function checkedScheme(header: string, scheme: string | undefined): string | undefined {
  if (!scheme) return undefined;
  if (/^https?$/i.test(scheme)) return scheme.toLowerCase();
  throw refused(header, 'must be http or https');
}

function checkedHost(header: string, host: string | undefined): string | undefined {
  if (!host) return undefined;
  if (isHost(host)) return host;
  throw refused(header, 'must be a host, and a port where it is not the usual one');
}

function checkedPort(port: string | undefined): string | undefined {
  if (!port) return undefined;
  if (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536) return port;
  throw refused('X-Forwarded-Port', 'must be a port');
}

function checkedPrefix(prefix: string): string {
  const trimmed = prefix.replace(/\/+$/, '');
  if (trimmed === '') return '';
  if (PREFIX.test(trimmed) && !/\/\.{1,2}(\/|$)/.test(trimmed)) return trimmed;
  throw refused('X-Forwarded-Prefix', 'must be a path');
}

function refused(parameter: string, detail: string): Problem {
  return new Problem('invalid-request', `${parameter}: ${detail}.`, {
    errors: [{ parameter, code: 'invalid', detail }],
  });
}
