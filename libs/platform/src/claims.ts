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

/** How an issuer says in its tokens what they open; all is optional. */
export interface ClaimsConfig {
  /** The claim that names the environments: its name, or a path into the claims (`/realm_access/roles`). */
  readonly environmentsClaim?: string;
  /** Environments of tokens that name none. */
  readonly environments?: readonly string[];
  /** The claim that names the scopes, in the place of `scope` and `scp`. */
  readonly scopesClaim?: string;
  /** What the issuer's names mean in ours; a name that is not among them stands for itself. */
  readonly scopesMap?: ReadonlyMap<string, readonly string[]>;
}

/** What a token opens. */
export interface Rights {
  readonly environments: readonly string[];
  readonly scopes: ReadonlySet<string>;
}

export const ENVIRONMENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

// RFC 8693 has `scope` as a text with spaces, Entra and Okta `scp` as a text and as an array, others arrays in `scope`.
const names = z.union([z.array(z.string()), z.string().transform((text) => text.split(' ').filter(Boolean))]);
const environmentIds = z.array(z.string().regex(ENVIRONMENT_ID));

/** The rights that these claims give; the name of the claim that is not as it should be otherwise. */
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

/** A name may have slashes in it (`https://example.com/environments`); a path begins with one. */
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
