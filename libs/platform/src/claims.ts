import { z } from 'zod';

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

/** Which claims of an issuer's tokens name environments and scopes; all optional. */
export interface ClaimsConfig {
  /** The claim that names the environments: its name, or a path into the claims (`/realm_access/roles`). */
  readonly environmentsClaim?: string;
  /** Environments of tokens that name none. */
  readonly environments?: readonly string[];
  /** The claim that names the scopes, instead of `scope` and `scp`. */
  readonly scopesClaim?: string;
  /** Our scopes for each scope of the issuer's; a scope that is not listed is taken as it is. */
  readonly scopesMap?: ReadonlyMap<string, readonly string[]>;
}

/** The environments and scopes that a token grants. */
export interface Rights {
  readonly environments: readonly string[];
  readonly scopes: ReadonlySet<string>;
}

export const ENVIRONMENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

// RFC 8693 has `scope` as a text with spaces, Entra and Okta `scp` as a text and as an array, others arrays in `scope`.
const names = z.union([z.array(z.string()), z.string().transform((text) => text.split(' ').filter(Boolean))]);
const environmentIds = z.array(z.string().regex(ENVIRONMENT_ID));

/** The rights that these claims grant, or the name of the claim that is malformed. */
export function rightsOf(claims: Readonly<Record<string, unknown>>, settings: ClaimsConfig): Rights | string {
  const { environmentsClaim, scopesClaim } = settings;
  const given = environmentsClaim === undefined ? claims.environments : claimAt(claims, environmentsClaim);
  const form = environmentsClaim === undefined ? environmentIds : names.pipe(environmentIds);
  const named = form.safeParse(given ?? settings.environments);
  if (!named.success) return environmentsClaim ?? 'environments';
  const said = scopesClaim === undefined ? (claims.scope ?? claims.scp) : claimAt(claims, scopesClaim);
  const theirs = names.safeParse(said ?? []);
  if (!theirs.success) return scopesClaim ?? (claims.scope === undefined ? 'scp' : 'scope');
  const scopes = theirs.data.flatMap((name) => settings.scopesMap?.get(name) ?? [name]);
  return { environments: named.data, scopes: new Set(scopes) };
}

/** The claim of this name or path: a path begins with a slash, a name may contain some (`https://example.com/environments`). */
function claimAt(claims: unknown, claim: string): unknown {
  const path = claim.startsWith('/') ? claim.slice(1).split('/').map(unescaped) : [claim];
  return path.reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    claims,
  );
}

// As in a JSON pointer (RFC 6901).
const unescaped = (name: string) => name.replaceAll('~1', '/').replaceAll('~0', '~');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
