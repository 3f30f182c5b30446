import { Problem } from '#platform';

/** The attributes of an event by their names, each a text. */
export type Attributes = Readonly<Record<string, string>>;

const PREFIX = 'ce-';
const REQUIRED = ['specversion', 'id', 'source', 'type'].map((name) => PREFIX + name);

/** Whether a request may be an event in the binary mode of CloudEvents' HTTP binding: what it lacks is then to be said. */
export function isEventByHeaders(headers: Readonly<Record<string, unknown>>): boolean {
  return REQUIRED.some((header) => headers[header] !== undefined);
}

/**
 * The attributes of an event in binary mode (HTTP binding, 3.1) from its headers as they came, name and value in turn. Throws
 * `invalid-request` for what cannot be read.
 */
export function eventAttributes(rawHeaders: readonly string[]): Attributes {
  const found = new Map<string, string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = rawHeaders[at]!.toLowerCase();
    if (!header.startsWith(PREFIX)) continue;
    // Node would join both with a comma.
    if (found.has(header)) throw malformed(header, 'repeated', 'may be given once');
    found.set(header, rawHeaders[at + 1]!);
  }
  return Object.fromEntries([...found].map(([header, value]) => [nameOf(header), decoded(header, value)]));
}

function nameOf(header: string): string {
  const name = header.slice(PREFIX.length);
  if (name === 'data' || name === 'datacontenttype') {
    throw malformed(
      header,
      'unknown',
      'is no attribute of its own here: the body is the data, and Content-Type says what it is',
    );
  }
  return name;
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/g;

/** Quoted strings without their quotes, which older senders write, then one round of percent-decoding. */
function decoded(header: string, value: string): string {
  const text = value.replace(QUOTED, (_, inner: string) => inner.replace(/\\(.)/g, '$1'));
  try {
    if (/^[\t\x20-\x7e]*$/.test(text)) return decodeURIComponent(text);
  } catch {
    // Said below.
  }
  throw malformed(header, 'invalid', 'must be ASCII, what is not as percent-encoded UTF-8, and a percent sign as %25');
}

function malformed(parameter: string, code: string, detail: string): Problem {
  return new Problem('invalid-request', `${parameter}: ${detail}.`, { errors: [{ parameter, code, detail }] });
}
