import { type LogRecord } from '#event-sourcing';
import { parseExactly } from '#platform';
import { RecordTooNew } from '#projections';
import {
  fieldsFault,
  isActivityId,
  isActivityType,
  isEntityId,
  isObject,
  isSource,
} from './ingestion/activity.input.js';

/** An activity as the log keeps it: the value of a record, whose key is `environment/userId`. */
export interface ActivityRecord {
  /** The lowest that can hold it, so that older code reads what it can: 2 with a source, else 1. */
  readonly v: 1 | 2;
  /** The client's own, or one that the door made. */
  readonly id: string;
  /** Whose id that is, where the client says so. */
  readonly source?: string;
  readonly type: string;
  readonly workspace?: number;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  /** Its numbers as `parseExactly` gives them. */
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

/** The version of an activity's record. */
export const versionOf = ({ source }: Pick<ActivityRecord, 'source'>): ActivityRecord['v'] =>
  source === undefined ? 1 : 2;

/** `data` is JSON already: an object that was written by `JSON.stringify`, or this would be no record. */
export function encodeActivity(fields: Omit<ActivityRecord, 'data' | 'v'>, data?: string): string {
  const { id, source, type, workspace, occurredAt } = fields;
  const from = source === undefined ? '' : `,"source":${JSON.stringify(source)}`;
  const place = workspace === undefined ? '' : `,"workspace":${workspace}`;
  const rest = data === undefined ? '' : `,"data":${data}`;
  // A type has no character that JSON would escape.
  return `{"v":${versionOf(fields)},"id":${JSON.stringify(id)}${from},"type":"${type}"${place},"occurredAt":${occurredAt}${rest}}`;
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

const VERSION = 2;
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The activity of a record's value, or why it is none. Whatever passes can be stored and shown; sizes are the door's
 * business, so that a limit that changes leaves what is in the log as it is. Throws `RecordTooNew` at a version that is to come.
 */
export function decodeActivity(value: Buffer, at?: LogRecord): ActivityRecord | string {
  let record: unknown;
  try {
    record = parseExactly(value.toString('utf8'));
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
  if (record.v !== 1 && record.v !== VERSION) return 'the version of the format is unknown';
  // What a reader of that version passed over changes nothing now.
  if (record.v === 1) delete record.source;
  const wrong = wrongField(record);
  return wrong === undefined ? (record as unknown as ActivityRecord) : `the field ${wrong} is wrong`;
}

function wrongField(record: Record<string, unknown>): string | undefined {
  const { v, id, source, type, workspace, occurredAt, data } = record;
  if (!isActivityId(id)) return 'id';
  if (v === VERSION && !isSource(source)) return 'source';
  if (!isActivityType(type)) return 'type';
  if (workspace !== undefined && !isEntityId(workspace)) return 'workspace';
  if (!isMoment(occurredAt)) return 'occurredAt';
  if (data !== undefined && fieldsFault(data) !== undefined) return 'data';
  return undefined;
}

function isMoment(time: unknown): boolean {
  return Number.isSafeInteger(time) && (time as number) >= EARLIEST && (time as number) <= LATEST;
}
