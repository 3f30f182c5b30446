import { type Exchange, type IfMatch } from '#platform';

/** The entity tag of a version: strong, since equal versions are equal byte for byte but for `lastActiveOn`. */
export const entityTag = (version: number) => `"${version}"`;

/**
 * The versions that an `If-Match` header takes for current; undefined when the client does not mind (no header, or
 * `*`, which whatever exists fulfils). Weak and foreign tags never match (RFC 9110, 13.1.1), so they name no version.
 */
export function versionsOf(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  return ifMatch.split(',').flatMap((tag) => {
    const [, version] = /^\s*"([1-9]\d{0,8})"\s*$/.exec(tag) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Whether the client's copy (`If-None-Match`, compared weakly: RFC 9110, 13.1.2) is still good. */
export function isFresh(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(entityTag(version));
}

/** What a command expects of the version, where the client has said it. */
export interface Expected {
  readonly ifVersions?: readonly number[];
}

export function expectedVersions({ headers }: Exchange<{ headers: typeof IfMatch }>): Expected {
  const ifVersions = versionsOf(headers['If-Match']);
  return ifVersions ? { ifVersions } : {};
}
