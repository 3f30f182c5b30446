import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog, type NewRecord } from '#event-sourcing';
import { Namespace } from '#platform';
import { RecentDirectory, type UserReference } from '#registry';
import { activitiesTopic } from '../activities.topic.js';
import { encodeActivity, encodeKey } from '../activity.record.js';
import { type ActivityInput, type Fault, isFault } from '../ingestion/activity.input.js';
import { Admission } from '../ingestion/admission.js';
import { type NameItem } from '../ingestion/ids.js';
import { type Slice } from '../ingestion/request-items.js';
import { Turns } from '../ingestion/turns.js';

export interface RejectedItem extends Fault {
  /** Its place in the request, from 0. */
  readonly index: number;
}

/** What became of a request's items: `rejected` in their order, all others are in the log. */
export interface Taken {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

/** One request. `backfill` marks history, which waits while the views lag. */
interface Request {
  readonly environment: string;
  readonly slices: readonly Slice[];
  readonly nameItem: NameItem;
  readonly lane?: 'backfill';
}

interface Judged {
  readonly records: NewRecord[];
  readonly rejected: RejectedItem[];
}

/** A slice on its way into the log: `stored` when it is there. */
interface Appending extends Judged {
  readonly stored: Promise<void>;
}

/** Appends the items of one request to the log. It is called without the command bus, which would add nothing. */
@Injectable()
export class AppendActivities {
  private readonly topic: string;
  private readonly turns = new Turns();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly directory: RecentDirectory,
    private readonly admission: Admission,
    namespace: Namespace,
  ) {
    this.topic = activitiesTopic(namespace).name;
  }

  /**
   * One slice is read and checked while those before it are on their way. Throws `overloaded` for history that has to
   * wait, `LogUnavailable` when it is not known what the log has.
   */
  async execute(request: Request): Promise<Taken> {
    if (request.lane !== 'backfill') return this.take(request);
    const items = request.slices.reduce((sum, slice) => sum + slice.items, 0);
    const settled = await this.admission.admitBackfill(items);
    return this.take(request).finally(settled);
  }

  private async take(request: Request): Promise<Taken> {
    const begun: Appending[] = [];
    let failed = false;
    let from = 0;
    for (const slice of request.slices) {
      const appending = await this.append(request, slice, from);
      appending.stored.catch(() => (failed = true));
      begun.push(appending);
      if (failed) break;
      from += slice.items;
    }
    await Promise.all(begun.map(({ stored }) => stored));
    const accepted = begun.reduce((sum, { records }) => sum + records.length, 0);
    return { accepted, rejected: begun.flatMap(({ rejected }) => rejected) };
  }

  /** Resolves when the slice is on its way. `from` is the place of its first item in the request. */
  private async append(request: Request, slice: Slice, from: number): Promise<Appending> {
    await this.turns.begin(request.environment, slice);
    const end = () => this.turns.end(slice);
    try {
      const judged = await this.judge(request, slice, from);
      const stored = judged.records.length > 0 ? this.log.append(this.topic, judged.records) : Promise.resolve();
      return { ...judged, stored: stored.finally(end) };
    } catch (error) {
      end();
      throw error;
    }
  }

  private async judge({ environment, nameItem }: Request, slice: Slice, from: number): Promise<Judged> {
    const now = Date.now();
    const checked = slice.read(now);
    const find = await this.look(environment, checked);
    const judged: Judged = { records: [], rejected: [] };
    for (const [at, input] of checked.entries()) {
      const found = isFault(input) ? input : find(input);
      if (isFault(found)) judged.rejected.push({ index: from + at, ...found });
      else judged.records.push(recordOf(environment, found, () => nameItem(from + at), now));
    }
    return judged;
  }

  /**
   * Finds the users and workspaces of all that is no fault. The returned function, called with each of these in order, gives it
   * with its user's integer id, or why it cannot be taken.
   */
  private async look(environment: string, checked: readonly (ActivityInput | Fault)[]) {
    const named: UserReference[] = [];
    const placed: number[] = [];
    let hasReadings = false;
    for (const input of checked) {
      if (isFault(input)) continue;
      for (const user of input.users) named.push(user);
      if (input.workspaceId !== undefined) placed.push(input.workspaceId);
      hasReadings ||= idAmong(input) !== undefined;
    }
    const [userIds, places] = await Promise.all([
      this.directory.userIds(environment, named),
      placed.length > 0 ? this.directory.workspaceIds(environment, placed) : [],
    ]);
    // Behind the users: whoever was not found and had an id has one up to this.
    const lastUserId = hasReadings ? await this.directory.lastUserId(environment) : 0;
    const existing = new Set(places);
    let next = 0;
    return (input: ActivityInput): Found | Fault => {
      const first = next;
      next += input.users.length;
      const userId = next - first === 1 ? userIds[first] : meantBy(input, userIds.slice(first, next), lastUserId);
      if (userId === undefined) return UNKNOWN_USER;
      if (typeof userId === 'object') return userId;
      if (input.workspaceId === undefined || existing.has(input.workspaceId)) return { input, userId };
      return UNKNOWN_WORKSPACE;
    };
  }
}

/** Whom a name means that has several readings, by what each was found to be. */
function meantBy(input: ActivityInput, ids: readonly Id[], lastUserId: number): Id | Fault {
  const meant = ids.filter((id) => id !== undefined);
  const [userId] = meant;
  if (meant.some((id) => id !== userId)) return AMBIGUOUS_USER;
  const mayBeAnothers = ids[0] === undefined && (idAmong(input) ?? Infinity) <= lastUserId;
  return userId !== undefined && mayBeAnothers ? AMBIGUOUS_USER : userId;
}

type Id = number | undefined;

/** The integer id that one of several readings is: who had it may have been deleted, and nobody else ever gets it. */
const idAmong = ({ users: [first, other] }: ActivityInput) =>
  first && other && 'userId' in first ? first.userId : undefined;

const UNKNOWN_USER: Fault = { code: 'unknown-user', detail: 'there is no such user' };
const AMBIGUOUS_USER: Fault = {
  code: 'ambiguous-user',
  detail:
    "subject is, or was, an id of one user and is another one's username: name the user by another of their names",
};
const UNKNOWN_WORKSPACE: Fault = { code: 'unknown-workspace', detail: 'there is no such workspace' };

interface Found {
  readonly input: ActivityInput;
  readonly userId: number;
}

function recordOf(environment: string, { input, userId }: Found, name: () => string, now: number): NewRecord {
  const { id = name(), source, type, workspaceId, occurredAt = now, data } = input;
  const value = encodeActivity({ id, source, type, workspace: workspaceId, occurredAt }, data);
  return { key: encodeKey({ environment, userId }), value };
}
