import { type KeyObject } from 'node:crypto';
import { isRejection } from '#event-sourcing';
import { parseExactly } from '#platform';
import { type SealedUser, type Verdict } from '../decisions/registry.state.js';
import { type User } from '../decisions/user.js';
import { type KeySource } from './keyring.js';
import { sealAlike, unseal } from './seal.js';

/** The user as of which version, which is what it can be opened as. */
interface UserVersion {
  readonly id: number;
  readonly version: number;
}

export function sealUser(environment: string, user: User, key: KeyObject): SealedUser {
  // What it is judged by is no part of an answer.
  const shown = { ...user, digests: undefined };
  const sealed = sealAlike(key, Buffer.from(JSON.stringify(shown)), contextOf(environment, user));
  return { key: user.key, content: sealed.toString('base64') };
}

/** The verdict with the user whom it shows; without one where they have been deleted since, or the key is gone. */
export async function openVerdict(
  keys: Pick<KeySource, 'findKey'>,
  environment: string,
  verdict: Verdict,
): Promise<Verdict> {
  if (isRejection(verdict) || verdict.accepted.sealed === undefined) return verdict;
  const { sealed, ...accepted } = verdict.accepted;
  const key = await keys.findKey({ environment, key: sealed.key });
  const opened = key && unseal(key, Buffer.from(sealed.content, 'base64'), contextOf(environment, accepted));
  return { accepted: { ...accepted, ...(opened && { user: parseExactly(opened.toString('utf8')) as User }) } };
}

// That of a command's own record has its id in this place, so that neither can be read as the other.
const contextOf = (environment: string, { id, version }: UserVersion) => `${environment}\n${id}\nversion ${version}`;
