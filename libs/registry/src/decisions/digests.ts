import { isObject, mergePatch } from './merge-patch.js';
import { type UserTexts } from './user.names.js';

/**
 * What stands for a value of JSON where nobody may read it: objects stay objects, null stays null, and each name and each
 * other value is its bytes as JSON and a keyed hash of it. So digests merge as what they stand for does (RFC 7396), and
 * tell how large it is and whether it is the same.
 */
export type Digest = string | null | DigestOfObject;
export interface DigestOfObject {
  readonly [name: string]: Digest;
}

/** The digests of what is personal of a user: hashes of the texts, and the digest of the profile. */
export interface UserDigests extends UserTexts {
  readonly profile: DigestOfObject;
}

/** The digests of a change; without a profile where it falls to its default. */
export type ChangeDigests = Partial<UserTexts> & { readonly profile?: DigestOfObject | null };

/** A keyed hash of a text. */
export type Hash = (text: string) => string;

/** `path` says where the value stands, so that equal values at two places look different. */
export function digestOf(value: unknown, hash: Hash, path = ''): Digest {
  if (value === null) return null;
  if (!isObject(value)) return sized(value, hash, `${path}=`);
  const members = Object.entries(value).map(([name, inner]) => {
    const place = `${path}/${JSON.stringify(name)}`;
    return [sized(name, hash, path), digestOf(inner, hash, place)];
  });
  return Object.fromEntries(members) as DigestOfObject;
}

function sized(value: unknown, hash: Hash, path: string): string {
  const text = JSON.stringify(value);
  return `${Buffer.byteLength(text)}.${hash(path + text)}`;
}

const NULL_BYTES = 4;

/** The bytes of the JSON that a digest stands for. */
export function bytesOf(digest: Digest): number {
  if (digest === null) return NULL_BYTES;
  if (typeof digest === 'string') return parseInt(digest);
  const members = Object.entries(digest).map(([name, inner]) => parseInt(name) + ':'.length + bytesOf(inner));
  const commas = Math.max(0, members.length - 1);
  return members.reduce((sum, bytes) => sum + bytes, '{}'.length + commas);
}

interface Changes extends Partial<UserTexts> {
  /** Stands in clear. */
  readonly isActive?: boolean;
  readonly profile?: object | null;
}

/** The digests of what is personal in these details, in the order in which they are named. */
export function digestsOf(user: Changes & UserTexts & { readonly profile: object }, hash: Hash): UserDigests;
export function digestsOf(changes: Changes, hash: Hash): ChangeDigests;
export function digestsOf({ isActive: _, profile, ...texts }: Changes, hash: Hash): ChangeDigests {
  const hashes = Object.entries(texts).map(([field, text]) => [field, hash(`${field}=${text}`)]);
  return {
    ...Object.fromEntries(hashes),
    ...(profile !== undefined && { profile: digestOf(profile, hash) }),
  } as ChangeDigests;
}

/** The digests of a user as a change leaves it. */
export function changedDigests(digests: UserDigests, change: ChangeDigests): UserDigests {
  const merged = mergePatch(digests, change) as UserDigests;
  return change.profile === null ? { ...merged, profile: {} } : merged;
}

/** Whether two digests stand for the same, whatever the order of their names. */
export function areSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => areSame(one[name], other[name]));
}
