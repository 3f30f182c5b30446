import { freeFieldFault, parseTimestamp, timestampFault } from '#platform';
import { type UserReference } from '#registry';

/** Why an item was not taken. */
export const FAULT_CODES = [
  'unknown-user',
  'unknown-workspace',
  'invalid-type',
  'invalid-time',
  'too-large',
  'invalid',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
}

/** One activity as a client sends it, checked but for whether its user and workspace exist. */
export interface ActivityInput {
  readonly id?: string;
  readonly user: UserReference;
  readonly type: string;
  readonly workspaceId?: number;
  /** Milliseconds since the epoch. */
  readonly occurredAt?: number;
  /** JSON, written anew from what was read: nothing is in it that a reader passed over, such as a name given twice. */
  readonly data?: string;
}

export const DATA_BYTES = 16 * 1024;
export const ID_CHARACTERS = 128;
const AHEAD_MS = 24 * 60 * 60 * 1000;
const TYPE = /^[A-Za-z0-9._:-]{1,100}$/;
const OBJECT_ID = /^[0-9a-f]{24}$/;
const FIELDS = new Set(['id', 'userId', 'objectId', 'username', 'type', 'workspaceId', 'occurredAt', 'data']);

type Fields = Record<string, unknown>;

/**
 * Checks one item of a request against the contract. `now` in milliseconds since the epoch. A field that is undefined
 * counts as left out.
 */
export function checkActivity(item: unknown, now: number): ActivityInput | Fault {
  if (!isObject(item)) return invalid('an activity is a JSON object');
  const fault =
    unknownField(item) ??
    idFault(item.id) ??
    userFault(item) ??
    typeFault(item.type) ??
    workspaceFault(item.workspaceId);
  if (fault) return fault;
  const occurredAt = checkTime(item.occurredAt, now);
  if (typeof occurredAt === 'object') return occurredAt;
  const data = checkData(item.data);
  return typeof data === 'object' ? data : activityOf(item, occurredAt, data);
}

export function isFault(checked: object): checked is Fault {
  return 'code' in checked;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An activity id: well-formed text of 1 to 128 characters. */
export function isActivityId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '' || id.length > 2 * ID_CHARACTERS) return false;
  return isPlain(id) && characters(id) <= ID_CHARACTERS;
}

export function isActivityType(type: unknown): type is string {
  return typeof type === 'string' && TYPE.test(type);
}

/** An integer id of a user or workspace. */
export function isEntityId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 1;
}

const invalid = (detail: string): Fault => ({ code: 'invalid', detail });

function unknownField(item: Fields): Fault | undefined {
  for (const name of Object.keys(item)) {
    if (!FIELDS.has(name)) return invalid(`there is no field ${JSON.stringify(name.slice(0, 50))}`);
  }
  return undefined;
}

function idFault(id: unknown): Fault | undefined {
  if (id === undefined || isActivityId(id)) return undefined;
  return invalid(`id takes 1 to ${ID_CHARACTERS} characters of well-formed text without control characters`);
}

function userFault({ userId, objectId, username }: Fields): Fault | undefined {
  const given = Number(userId !== undefined) + Number(objectId !== undefined) + Number(username !== undefined);
  if (given !== 1) return invalid('exactly one of userId, objectId and username names the user');
  if (userId !== undefined && !isEntityId(userId)) return invalid('userId takes a whole number from 1');
  if (objectId !== undefined && !(typeof objectId === 'string' && OBJECT_ID.test(objectId))) {
    return invalid('objectId takes 24 lower-case hex digits');
  }
  return username === undefined || isUsername(username) ? undefined : invalid('username takes 1 to 150 characters');
}

function isUsername(username: unknown): boolean {
  if (typeof username !== 'string' || username.length > 300) return false;
  return username !== '' && isPlain(username) && characters(username) <= 150;
}

function typeFault(type: unknown): Fault | undefined {
  if (isActivityType(type)) return undefined;
  return { code: 'invalid-type', detail: 'type takes 1 to 100 of A-Z, a-z, 0-9, ".", "_", ":" and "-"' };
}

function workspaceFault(workspaceId: unknown): Fault | undefined {
  if (workspaceId === undefined || isEntityId(workspaceId)) return undefined;
  return invalid('workspaceId takes a whole number from 1');
}

/** The moment in milliseconds since the epoch; nothing where none is given. */
function checkTime(occurredAt: unknown, now: number): number | undefined | Fault {
  if (occurredAt === undefined) return undefined;
  const time = typeof occurredAt === 'string' ? parseTimestamp(occurredAt) : undefined;
  if (time === undefined) return { code: 'invalid-time', detail: `occurredAt ${timestampFault(occurredAt)}` };
  if (time <= now + AHEAD_MS) return time;
  return { code: 'invalid-time', detail: 'occurredAt is more than 24 hours ahead' };
}

/** Why a value cannot be kept as an activity's data and given back as it came; its size aside. */
export function fieldsFault(data: unknown): string | undefined {
  if (!isObject(data)) return 'takes a JSON object';
  // JSON.parse makes it a field like any other, but many a client would lose it or worse.
  if (Object.hasOwn(data, '__proto__')) return 'must be without __proto__';
  return freeFieldFault(data);
}

/** The data as JSON; nothing where none is given. */
function checkData(data: unknown): string | undefined | Fault {
  if (data === undefined) return undefined;
  const fault = fieldsFault(data);
  if (fault !== undefined) return invalid(`data ${fault}`);
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) <= DATA_BYTES) return text;
  return { code: 'too-large', detail: `data takes at most ${DATA_BYTES} bytes of JSON` };
}

/** The fields are right by now. */
function activityOf(item: Fields, occurredAt?: number, data?: string): ActivityInput {
  const { id, type, workspaceId } = item as { id?: string; type: string; workspaceId?: number };
  return { id, user: userOf(item), type, workspaceId, occurredAt, data };
}

function userOf({ userId, objectId, username }: Fields): UserReference {
  if (userId !== undefined) return { userId: userId as number };
  return objectId !== undefined ? { objectId: objectId as string } : { username: username as string };
}

// What `plainText` of the platform takes, at a tenth of the cost: this runs once an item here and once in the fold.
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** As people count them: a character outside the basic plane is one. */
function characters(text: string): number {
  return text.length <= ID_CHARACTERS ? text.length : [...text].length;
}
