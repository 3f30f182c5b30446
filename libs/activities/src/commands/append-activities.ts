import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_LOG, type EventLog } from '#event-sourcing';
import { Namespace } from '#platform';
import { Directory } from '#registry';
import { activitiesTopic } from '../activities.topic.js';
import { encodeActivity, encodeKey } from '../activity.record.js';
import { type ActivityInput, checkActivity, type Fault, isFault } from '../ingestion/activity.input.js';
import { Admission } from '../ingestion/admission.js';
import { type NameItem } from '../ingestion/ids.js';
import { type Item } from '../ingestion/request-items.js';

export interface RejectedItem extends Fault {
  /** Its place in the request, from 0. */
  readonly index: number;
}

/** What became of a request's items: `rejected` in their order, all others are in the log. */
export interface Taken {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

/** Takes the items of one request into the log. `backfill` marks history, which waits while the views lag. */
export class AppendActivities extends Command<Taken> {
  constructor(
    readonly environment: string,
    readonly items: readonly Item[],
    readonly nameItem: NameItem,
    readonly lane: 'live' | 'backfill' = 'live',
  ) {
    super();
  }
}

interface Candidate {
  readonly index: number;
  readonly input: ActivityInput;
}

@CommandHandler(AppendActivities)
export class AppendActivitiesHandler implements ICommandHandler<AppendActivities> {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(Namespace) private readonly namespace: Namespace,
  ) {}

  /** Throws `overloaded` when there is too much to do, `LogUnavailable` when it is not known what the log has. */
  async execute({ environment, items, nameItem, lane }: AppendActivities): Promise<Taken> {
    return this.admission.hold(items.length, async () => {
      if (lane === 'backfill') await this.admission.admitBackfill(items.length);
      const now = Date.now();
      const { candidates, rejected } = checkAll(items, now);
      const records = [];
      for (const found of await this.find(environment, candidates)) {
        if ('code' in found) rejected.push(found);
        else records.push(recordOf(environment, found, nameItem, now));
      }
      if (records.length > 0) await this.log.append(activitiesTopic(this.namespace).name, records);
      return { accepted: records.length, rejected: rejected.toSorted((one, other) => one.index - other.index) };
    });
  }

  /** The candidates with the integer ids of their users, or why they cannot be taken. */
  private async find(environment: string, candidates: readonly Candidate[]): Promise<(RejectedItem | Found)[]> {
    const workspaces = candidates.flatMap(({ input }) => input.workspaceId ?? []);
    const [userIds, existing] = await Promise.all([
      candidates.length > 0
        ? this.directory.userIds(
            environment,
            candidates.map(({ input }) => input.user),
          )
        : [],
      workspaces.length > 0 ? this.directory.workspaceIds(environment, workspaces) : new Set<number>(),
    ]);
    return candidates.map((candidate, at) => foundOrUnknown(candidate, userIds[at], existing));
  }
}

interface Found extends Candidate {
  readonly userId: number;
}

function checkAll(items: readonly Item[], now: number): { candidates: Candidate[]; rejected: RejectedItem[] } {
  const candidates: Candidate[] = [];
  const rejected: RejectedItem[] = [];
  for (const [index, item] of items.entries()) {
    const checked = 'fault' in item ? item.fault : checkActivity(item.activity, now);
    if (isFault(checked)) rejected.push({ index, ...checked });
    else candidates.push({ index, input: checked });
  }
  return { candidates, rejected };
}

function foundOrUnknown(
  { index, input }: Candidate,
  userId: number | undefined,
  workspaces: ReadonlySet<number>,
): RejectedItem | Found {
  if (userId === undefined) return { index, code: 'unknown-user', detail: 'there is no such user' };
  if (input.workspaceId === undefined || workspaces.has(input.workspaceId)) return { index, input, userId };
  return { index, code: 'unknown-workspace', detail: 'there is no such workspace' };
}

function recordOf(environment: string, { index, input, userId }: Found, nameItem: NameItem, now: number) {
  const { id = nameItem(index), type, workspaceId, occurredAt = now, data } = input;
  const record = { v: 1, id, type, workspace: workspaceId, occurredAt, data } as const;
  return { key: encodeKey({ environment, userId }), value: encodeActivity(record) };
}
