import { type LogRecord } from '#event-sourcing';
import { RecordTooNew } from '#projections';
import { fieldsFault, isActivityId, isActivityType, isEntityId, isObject } from './ingestion/activity.input.js';

/** An activity as the log keeps it: the value of a record, whose key is `environment/userId`. */
export interface ActivityRecord {
  readonly v: 1;
  /** The client's own, or one that the door made. */
  readonly id: string;
  readonly type: string;
  readonly workspace?: number;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly data?: object;
}

/** Whose activity it is. */
export interface Owner {
  readonly environment: string;
  readonly userId: number;
}

export function encodeKey({ environment, userId }: Owner): string {
  return `${environment}/${userId}`;
}

export function encodeActivity({ data, ...fields }: ActivityRecord): string {
  return encodeFields(fields, data === undefined ? undefined : JSON.stringify(data));
}

/** The same with `data` as JSON already: a JSON object that was written by `JSON.stringify`, or this would be no record. */
export function encodeFields({ id, type, workspace, occurredAt }: Omit<ActivityRecord, 'data'>, data?: string): string {
  const place = workspace === undefined ? '' : `,"workspace":${workspace}`;
  const rest = data === undefined ? '' : `,"data":${data}`;
  // A type has no character that JSON would escape.
  return `{"v":1,"id":${JSON.stringify(id)},"type":"${type}"${place},"occurredAt":${occurredAt}${rest}}`;
}

const ENVIRONMENT = /^[A-Za-z0-9_-]{1,64}$/;

/** The owner of a record by its key; undefined where the key is none of ours. */
export function decodeKey(key: string): Owner | undefined {
  const slash = key.lastIndexOf('/');
  const environment = key.slice(0, slash);
  const digits = key.slice(slash + 1);
  if (!ENVIRONMENT.test(environment) || !/^[1-9]\d{0,15}$/.test(digits)) return undefined;
  const userId = Number(digits);
  return Number.isSafeInteger(userId) ? { environment, userId } : undefined;
}

const VERSION = 1;
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The activity of a record's value, or why it is none. Whatever passes can be stored and shown; sizes are the door's
 * business, so that a limit that changes leaves what is in the log as it is. Throws `RecordTooNew` at a version that is to come.
 */
export function decodeActivity(value: Buffer, at?: LogRecord): ActivityRecord | string {
  let record: unknown;
  try {
    record = JSON.parse(value.toString('utf8'));
  } catch {
    return 'the value is no JSON';
  }
  if (!isObject(record)) return 'the value is no object';
  if (typeof record.v === 'number' && record.v > VERSION) {
    throw new RecordTooNew(
      `an activity in version ${record.v} of the format, of which this code knows ${VERSION},`,
      at,
    );
  }
  if (record.v !== VERSION) return 'the version of the format is unknown';
  const wrong = wrongField(record);
  return wrong === undefined ? (record as unknown as ActivityRecord) : `the field ${wrong} is wrong`;
}

function wrongField({ id, type, workspace, occurredAt, data }: Record<string, unknown>): string | undefined {
  if (!isActivityId(id)) return 'id';
  if (!isActivityType(type)) return 'type';
  if (workspace !== undefined && !isEntityId(workspace)) return 'workspace';
  if (!isMoment(occurredAt)) return 'occurredAt';
  if (data !== undefined && fieldsFault(data) !== undefined) return 'data';
  return undefined;
}

function isMoment(time: unknown): boolean {
  return Number.isSafeInteger(time) && (time as number) >= EARLIEST && (time as number) <= LATEST;
}
