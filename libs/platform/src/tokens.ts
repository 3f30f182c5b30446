import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type AuthConfig } from './config.js';
import { Problem } from './problems.js';
import { areUnreadable, remoteKeys } from './remote-keys.js';
import { plainText } from './text.js';

export const SCOPES = [
  'users:read',
  'users:write',
  'workspaces:read',
  'workspaces:write',
  'activities:read',
  'activities:write',
  'statistics:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

export const ENVIRONMENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Who calls, as the token says. */
export interface Principal {
  readonly subject: string;
  readonly environments: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since the epoch, by the clock of who issued the token. */
  readonly expiresAt: number;
}

/** How far the clocks of who issues tokens and of who checks them may be apart, in seconds. */
export const CLOCK_SKEW = 30;

const Claims = z.object({
  // It stands in records and logs, and a line break in it would end it where keys are told apart by their owner.
  sub: plainText.min(1).max(255),
  exp: z.number(),
  environments: z.array(z.string().regex(ENVIRONMENT_ID)),
  scope: z.string().default(''),
});

// The families are never mixed: a public key must not pass as an HMAC secret (RFC 8725, 3.1).
const SHARED = ['HS256'];
const ASYMMETRIC = [
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

export type VerifyToken = (token: string) => Promise<Principal>;

/**
 * Checks bearer tokens. The promise rejects with `unauthorized`, or with `unavailable` when it would take keys to tell
 * that can't be read: tokens of keys that were read before are taken all the same.
 */
export function tokenVerifier(auth: AuthConfig): VerifyToken {
  const { issuer, audience } = auth;
  const options = { issuer, audience, requiredClaims: ['exp'], clockTolerance: CLOCK_SKEW };
  if (auth.secret !== undefined) {
    const secret = new TextEncoder().encode(auth.secret);
    return (token) => principalOf(() => jwtVerify(token, secret, { ...options, algorithms: SHARED }));
  }
  const keys = remoteKeys(new URL(auth.jwksUrl ?? ''));
  return (token) => principalOf(() => jwtVerify(token, keys, { ...options, algorithms: ASYMMETRIC }));
}

async function principalOf(verify: () => Promise<{ payload: unknown }>): Promise<Principal> {
  const { payload } = await verify().catch((error: unknown) => {
    throw tokenProblem(error);
  });
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    const names = claims.error.issues.map((issue) => issue.path[0]).join(', ');
    throw unauthorized(`The token's claims are not as they should be: ${names}.`, undefined, 'wrong-claims');
  }
  const { sub, exp, environments, scope } = claims.data;
  return { subject: sub, environments, scopes: new Set(scope.split(' ').filter(Boolean)), expiresAt: exp * 1000 };
}

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
