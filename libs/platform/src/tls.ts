import { readFileSync } from 'node:fs';
import { textAs } from './text-as.js';

/** Node's error codes for certificates that it does not accept. */
const UNTRUSTED =
  /^(CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_ALTNAME)/;
/** OpenSSL's error codes for a peer that speaks no TLS, or refuses ours. */
const NOT_AGREED = /^ERR_SSL_/;

/** Why TLS fails until a setting is changed; undefined for any other error. */
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
