import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';

/** The algorithms that keys of a JWKS address may have. */
export const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/**
 * After the keys were read, a token of an unknown one does not make us look again for that long, but waits: a new key is taken
 * with its first token, and whoever sends tokens of keys that never were can't make us ask the issuer more often.
 */
const COOLDOWN_MS = 1_000;
/** While the address answers, a key that was withdrawn is taken for that much longer at most. */
const FRESH_MS = 600_000;
/** An address that does not answer is asked again after that long, whatever comes in meanwhile. */
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 3_000;

/**
 * The public keys behind a JWKS address: read when the first token comes, when they are old, and when a token names one
 * that is not among them. While the address cannot be read, those that are known stay good, since its failure would
 * otherwise be ours; of another one nobody can say, and the promise rejects with what `areUnreadable` knows.
 */
export function remoteKeys(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: FRESH_MS,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: pausing(),
  });
  return async (header, token) => {
    try {
      return await remote(header, token).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey) || !remote.coolingDown) throw error;
        // The key may have been made since the last look, a moment ago: the token waits for the next one rather than be refused.
        await pause(COOLDOWN_MS);
        return remote(header, token);
      });
    } catch (error) {
      const known = remote.jwks();
      if (known === undefined || !areUnreadable(error)) throw error;
      return createLocalJWKSet(known)(header, token).catch(() => {
        throw error;
      });
    }
  };
}

// What jose says of an address that does not answer in time, or with something else than 200 and a set of keys.
const KEYS_UNREADABLE = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

/** The address could not be reached. */
class KeysUnreachable extends Error {
  override readonly name = 'KeysUnreachable';
}

/** Whether a token could not be checked for want of keys, rather than was checked and found wanting. */
export function areUnreadable(error: unknown): boolean {
  if (error instanceof KeysUnreachable) return true;
  return error instanceof errors.JOSEError && KEYS_UNREADABLE.includes(error.code);
}

/** jose paces itself after a success alone: without this, each token would wait for an address that is down. */
function pausing(): typeof fetch {
  let notBefore = -Infinity;
  return async (...request) => {
    if (Date.now() < notBefore) throw new KeysUnreachable('the keys could not be read a moment ago');
    let pause = PAUSE_MS;
    try {
      const answer = await fetch(...request);
      if (answer.ok) pause = COOLDOWN_MS;
      return answer;
    } catch (cause) {
      // jose tells a time-out by its name.
      if ((cause as Error).name === 'TimeoutError') throw cause;
      throw new KeysUnreachable('the address of the keys cannot be reached', { cause });
    } finally {
      notBefore = Date.now() + pause;
    }
  };
}
