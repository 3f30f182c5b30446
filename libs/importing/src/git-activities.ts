import { type Commit } from './git-history.js';
import { cut } from './git-identities.js';

/** A commit as an activity of the service. */
export interface Activity {
  readonly id: string;
  readonly type: 'commit';
  readonly userId?: number;
  readonly username?: string;
  readonly workspaceId: number;
  /** RFC 3339, UTC. */
  readonly occurredAt: string;
  readonly data: CommitData;
}

export interface CommitData {
  readonly subject: string;
  /** Set where the subject was longer than an activity may be. */
  readonly truncated?: true;
  /** The author's date where it could not be taken: a time, or the text that git found in its place. */
  readonly authorDate?: string;
}

/** Source: the service takes 16 KiB of `data`. */
const MAX_DATA_BYTES = 16 * 1024;
/** JSON writes a UTF-16 unit in at most that many bytes (as a \u escape). */
const MAX_UNIT_BYTES = 6;
/** Source: the service takes any text in `data` but this one. */
const REFUSED = /\0/g;
const IS_NUMBER = /^-?\d+$/;
const KEPT_DATE = 64;
/** RFC 3339 and the service know no year 0. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');

/** How a user is named. */
export type UserReference = { readonly userId: number } | { readonly username: string };

/** `now` in milliseconds since the epoch: what is later cannot have happened. */
export function activityOf(commit: Commit, user: UserReference, workspaceId: number, now: number): Activity {
  const time = timeOf(commit.authorTime, now);
  const occurred = time ?? timeOf(commit.committerTime, now) ?? lastResort(commit, now);
  const subject = commit.subject.replace(REFUSED, '\uFFFD');
  const data = { subject, ...(time === undefined && { authorDate: dateText(commit.authorTime) }) };
  return {
    id: commit.hash,
    type: 'commit',
    ...user,
    workspaceId,
    occurredAt: new Date(occurred).toISOString(),
    data: fitting(data),
  };
}

/** A date in the future becomes now; where there is no date at all it is the epoch, as git shows it. */
function lastResort({ authorTime, committerTime }: Commit, now: number): number {
  return IS_NUMBER.test(authorTime) || IS_NUMBER.test(committerTime) ? now : 0;
}

/** Milliseconds since the epoch; undefined for what is no time, or one that has not come yet. */
function timeOf(seconds: string, now: number): number | undefined {
  if (!IS_NUMBER.test(seconds)) return undefined;
  const time = Number(seconds) * 1000;
  return time >= FIRST_MS && time <= now ? time : undefined;
}

function dateText(seconds: string): string {
  const date = new Date(IS_NUMBER.test(seconds) ? Number(seconds) * 1000 : NaN);
  return Number.isNaN(date.getTime()) ? cut(seconds.replace(REFUSED, '\uFFFD'), KEPT_DATE) : date.toISOString();
}

function fitting(data: CommitData): CommitData {
  if (data.subject.length * MAX_UNIT_BYTES < MAX_DATA_BYTES / 2 || sizeOf(data) <= MAX_DATA_BYTES) return data;
  let fits = 0;
  let tooLong = Math.min(data.subject.length, MAX_DATA_BYTES);
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (sizeOf(shortened(data, middle)) <= MAX_DATA_BYTES) fits = middle;
    else tooLong = middle;
  }
  return shortened(data, fits);
}

function shortened(data: CommitData, length: number): CommitData {
  return { ...data, subject: cut(data.subject, length), truncated: true };
}

function sizeOf(data: CommitData): number {
  return Buffer.byteLength(JSON.stringify(data));
}
