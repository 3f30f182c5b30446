import { isUtf8 } from 'node:buffer';
import { parseExactly } from '../../exact-json.js';
import { Problem } from '../../problems.js';

/** The value of a small body, its numbers as `parseExactly` gives them; throws `invalid-request`. */
export function parseJson(body: Buffer): unknown {
  try {
    // A decoder would put U+FFFD for what is no UTF-8, and the client would never know.
    if (isUtf8(body)) return parseExactly(body.toString());
  } catch {
    // Said below.
  }
  throw noJson(body);
}

/** Why a body could not be read as JSON. */
export function noJson(body: Buffer): Problem {
  if (body.length === 0) return new Problem('invalid-request', 'The request has no body.');
  return new Problem('invalid-request', isUtf8(body) ? 'The body is no JSON.' : 'The body is no UTF-8.');
}
