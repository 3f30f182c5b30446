import { type UserDigests } from './digests.js';
import { type UserTexts } from './user.names.js';

/** The free fields of a profile: any JSON object. */
export type FreeFields = Record<string, unknown>;

/** The bytes that the free fields of a profile may take, as JSON. Verdicts depend on it, so it is part of the stored format. */
export const PROFILE_BYTES = 16 * 1024;

/** What a person, or the team that runs the product, says of a user. */
export interface UserDetails extends UserTexts {
  readonly isActive: boolean;
  readonly profile: FreeFields;
}

/** What a change says: the details that are named, the profile as a merge patch (RFC 7396), or null to empty it. */
export type UserChanges = Partial<Omit<UserDetails, 'profile'>> & { readonly profile?: FreeFields | null };

/** Keyed hashes of the names in the form in which they are compared: equal hashes are equal names of an environment. */
export interface NameHashes {
  readonly username: string;
  readonly email: string;
}

/** A user as the registry knows it. Times in milliseconds since the epoch, by the log's clock. */
export interface User extends UserDetails {
  readonly id: number;
  /** 24 lower-case hex digits, rising with `id`. */
  readonly objectId: string;
  readonly names: NameHashes;
  /** The id of the key that seals what the log holds of this user. */
  readonly key: string;
  /** What stands for the personal details in verdicts; missing in who was only registered, or changed by a record of version 1. */
  readonly digests?: UserDigests;
  readonly createdOn: number;
  readonly lastModifiedOn: number;
  /** 1 when registered, one more with each change. */
  readonly version: number;
}

/** The same with its fields in one order, however it came about: verdicts are stored as text, equal at every replay. */
export function inFixedOrder(user: User): User {
  const { id, objectId, key, username, email, names, firstName, lastName } = user;
  const { isActive, profile, createdOn, lastModifiedOn, version } = user;
  return {
    ...{ id, objectId, key, username, email, names: { username: names.username, email: names.email } },
    ...{ firstName, lastName, isActive, profile, createdOn, lastModifiedOn, version },
  };
}
