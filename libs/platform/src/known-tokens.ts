import { hash } from 'node:crypto';
import { CLOCK_SKEW, type Principal, type VerifyToken } from './tokens.js';

/** How long a verified token is accepted without verifying it again: a withdrawn key is refused after that. */
const BELIEVED_MS = 60_000;
const MOST = 10_000;

interface Known {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Caches verified tokens for a minute, or until they expire: clients send theirs with every request. Only hashes of tokens
 * are kept, and the oldest are evicted first.
 */
export function withKnownTokens(verify: VerifyToken, { most = MOST, now = Date.now } = {}): VerifyToken {
  const known = new Map<string, Known>();
  return async (token) => {
    const name = hash('sha256', token, 'base64');
    const found = known.get(name);
    if (found && now() < found.until) return found.principal;
    known.delete(name);
    const principal = await verify(token);
    const until = Math.min(now() + BELIEVED_MS, principal.expiresAt + CLOCK_SKEW * 1_000);
    known.set(name, { principal, until });
    if (known.size > most) known.delete(known.keys().next().value!);
    return principal;
  };
}
