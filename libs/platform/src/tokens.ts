import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type ClaimsConfig, rightsOf } from './claims.js';
import { type AuthConfig } from './config.js';
import { Problem } from './problems.js';
import { areUnreadable, ASYMMETRIC, remoteKeys } from './remote-keys.js';
import { plainText } from './text.js';

/** The caller, according to the token. */
export interface Principal {
  readonly subject: string;
  readonly environments: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** Whole milliseconds since the epoch, by the clock of who issued the token. */
  readonly expiresAt: number;
}

/** The largest tolerated difference between the clocks of the issuer and of this service, in seconds. */
export const CLOCK_SKEW = 30;

// The subject stands in records and logs, and a line break in it would end it where keys are told apart by their owner.
const Identity = z.looseObject({ sub: plainText(1, 255), exp: z.number() });

// Symmetric and asymmetric algorithms are never mixed: a public key must not pass as an HMAC secret (RFC 8725, 3.1).
const SHARED = ['HS256'];
export type VerifyToken = (token: string) => Promise<Principal>;

/**
 * Checks bearer tokens. The promise rejects with `unauthorized`, or with `unavailable` when it would take keys to tell
 * that can't be read: tokens of keys that were read before are taken all the same.
 */
export function tokenVerifier(auth: AuthConfig): VerifyToken {
  const { issuer, audience } = auth;
  const options = { issuer, audience, requiredClaims: ['exp'], clockTolerance: CLOCK_SKEW };
  if (auth.secrets !== undefined) {
    const secrets = auth.secrets.map((secret) => new TextEncoder().encode(secret));
    const check = withAnyOf(secrets, (token, secret) => jwtVerify(token, secret, { ...options, algorithms: SHARED }));
    return (token) => principalOf(() => check(token), auth.claims);
  }
  const keys = remoteKeys(new URL(auth.jwksUrl ?? ''));
  const algorithms = [...(auth.algorithms ?? ASYMMETRIC)];
  return (token) => principalOf(() => jwtVerify(token, keys, { ...options, algorithms }), auth.claims);
}

type Verified = Promise<{ payload: unknown }>;

/** While a secret is being changed, tokens of the former one are good as well. */
function withAnyOf(secrets: readonly Uint8Array[], verify: (token: string, secret: Uint8Array) => Verified) {
  return async (token: string): Verified => {
    const [first, ...others] = secrets;
    try {
      return await verify(token, first!);
    } catch (error) {
      if (others.length === 0 || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      return withAnyOf(others, verify)(token);
    }
  };
}

async function principalOf(verify: () => Verified, settings: ClaimsConfig = {}): Promise<Principal> {
  const { payload } = await verify().catch((error: unknown) => {
    throw tokenProblem(error);
  });
  const identity = Identity.safeParse(payload);
  if (!identity.success) throw wrongClaims(identity.error.issues.map((issue) => String(issue.path[0])).join(', '));
  const rights = rightsOf(identity.data, settings);
  if (typeof rights === 'string') throw wrongClaims(rights);
  // A fraction is allowed (RFC 7519, section 2), but timers and Redis take whole milliseconds alone.
  return { subject: identity.data.sub, ...rights, expiresAt: Math.floor(identity.data.exp * 1000) };
}

const wrongClaims = (names: string) =>
  unauthorized(`The token's claims are not as they should be: ${names}.`, undefined, 'wrong-claims');

function tokenProblem(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired.', error, 'expired-token');
  if (areUnreadable(error)) {
    return new Problem('unavailable', 'The keys that check tokens cannot be read.', {
      headers: { 'retry-after': '5' },
      cause: error,
    });
  }
  return unauthorized('The token is not valid.', error);
}

/** A token, or a ticket, that was sent and opens nothing; the reason is for those who run the service. */
export function unauthorized(detail: string, cause?: unknown, reason = 'bad-token'): Problem {
  return new Problem('unauthorized', detail, { headers: challenge({ error: 'invalid_token' }), reason, cause });
}

/** How to come back, with the parameters of RFC 6750, section 3. */
export function challenge(parameters: Readonly<Record<string, string>> = {}): { 'www-authenticate': string } {
  const all = Object.entries({ realm: 'tidemark', ...parameters }).map(([name, value]) => `${name}="${value}"`);
  return { 'www-authenticate': `Bearer ${all.join(', ')}` };
}

/** A token signed with the shared secret, as `tidemark token` prints it. `ttl` in seconds. */
export function signToken(
  secret: string,
  claims: { subject: string; environments: string[]; scope: string; ttl: number },
  auth: Pick<AuthConfig, 'issuer' | 'audience'> = {},
): Promise<string> {
  const jwt = new SignJWT({ environments: claims.environments, scope: claims.scope })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(claims.subject)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + claims.ttl);
  if (auth.issuer !== undefined) jwt.setIssuer(auth.issuer);
  if (auth.audience !== undefined) jwt.setAudience(auth.audience);
  return jwt.sign(new TextEncoder().encode(secret));
}
