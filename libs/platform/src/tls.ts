import { readFileSync } from 'node:fs';
import { textAs } from './text-as.js';

/** How Node calls a certificate that it does not accept. */
const UNTRUSTED =
  /^(CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_ALTNAME)/;
/** What OpenSSL says of another side that speaks no TLS, or refuses ours. */
const NOT_AGREED = /^ERR_SSL_/;

/** Why no connection over TLS can come about until a setting is changed; undefined for errors of any other kind. */
export function tlsFault(error: unknown): string | undefined {
  const code = String((error as { code?: unknown } | undefined)?.code);
  if (UNTRUSTED.test(code)) return `the certificate of the server is not trusted (${code})`;
  return NOT_AGREED.test(code) ? `no TLS could be agreed with the server (${code})` : undefined;
}

/** A setting that is the path of a PEM file, read at once. */
export const pemFile = textAs(pemIn, 'the path of a PEM file, which cannot be read there');

function pemIn(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('-----BEGIN ') ? text : undefined;
  } catch {
    return undefined;
  }
}
