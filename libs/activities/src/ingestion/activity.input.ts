import { asDouble, freeFieldFault, parseTimestamp, timestampFault } from '#platform';
import { type UserReference } from '#registry';

/** Why an item was not taken. */
export const FAULT_CODES = [
  'unknown-user',
  'ambiguous-user',
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
  readonly source?: string;
  /** All that its user's name may mean: whoever is found by any of these must be the same user. */
  readonly users: readonly UserReference[];
  readonly type: string;
  readonly workspaceId?: number;
  /** Milliseconds since the epoch. */
  readonly occurredAt?: number;
  /** JSON, written anew from the parsed value with its numbers as they came: without blanks between its parts. */
  readonly data?: string;
}

export const DATA_BYTES = 16 * 1024;
export const ID_CHARACTERS = 128;
export const SOURCE_CHARACTERS = 255;
const AHEAD_MS = 24 * 60 * 60 * 1000;
/** The type of an activity. */
export const TYPE = /^[A-Za-z0-9._:-]{1,100}$/;
export const TYPE_FAULT = '1 to 100 of A-Z, a-z, 0-9, ".", "_", ":" and "-"';
const OBJECT_ID = /^[0-9a-f]{24}$/;
const OF_USERS = ['userId', 'objectId', 'username'];
// `receivedAt` is passed over: an item of a feed has one, and may be sent as it came.
const FIELDS = new Set(['id', 'source', ...OF_USERS, 'type', 'workspaceId', 'occurredAt', 'data', 'receivedAt']);

type Fields = Record<string, unknown>;

/** The sender's names of the fields, for the sentences that say what is wrong. */
export interface Names {
  readonly workspaceId: string;
  readonly occurredAt: string;
}

const OWN_NAMES: Names = { workspaceId: 'workspaceId', occurredAt: 'occurredAt' };

/**
 * Checks one item of a request, its numbers as `parseExactly` gives them, against the contract. `now` in milliseconds since
 * the epoch. A field that is null counts as left out.
 */
export function checkActivity(item: unknown, now: number): ActivityInput | Fault {
  if (!isObject(item)) return invalid('an activity is a JSON object');
  const user = unknownField(item) ?? userOf(item);
  return 'code' in user ? user : checkFields(item, [user], OWN_NAMES, now);
}

/** Checks what an activity has beside its user, whatever form it came in. */
export function checkFields(
  fields: Fields,
  users: readonly UserReference[],
  names: Names,
  now: number,
): ActivityInput | Fault {
  const fault = idFault(fields.id) ?? sourceFault(fields.source) ?? typeFault(fields.type);
  if (fault) return fault;
  const { id, source, type } = fields as { id?: string | null; source?: string | null; type: string };
  const workspaceId = checkWorkspace(fields.workspaceId, names);
  if (typeof workspaceId === 'object') return workspaceId;
  const occurredAt = checkTime(fields.occurredAt, names, now);
  if (typeof occurredAt === 'object') return occurredAt;
  const data = checkData(fields.data);
  if (typeof data === 'object') return data;
  return { id: id ?? undefined, source: source ?? undefined, users, type, workspaceId, occurredAt, data };
}

export function isFault(checked: object): checked is Fault {
  return 'code' in checked;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** An activity id: well-formed text of 1 to 128 characters. */
export function isActivityId(id: unknown): id is string {
  return isText(id, ID_CHARACTERS);
}

/** Whose id an activity's is: well-formed text of 1 to 255 characters. */
export function isSource(source: unknown): source is string {
  return isText(source, SOURCE_CHARACTERS);
}

export function isUsername(username: unknown): username is string {
  return isText(username, 150);
}

export function isActivityType(type: unknown): type is string {
  return typeof type === 'string' && TYPE.test(type);
}

/** An integer id of a user or workspace. */
export function isEntityId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 1;
}

export const invalid = (detail: string): Fault => ({ code: 'invalid', detail });

function unknownField(item: Fields): Fault | undefined {
  for (const name of Object.keys(item)) {
    if (!FIELDS.has(name)) return invalid(`there is no field ${JSON.stringify(name.slice(0, 50))}`);
  }
  return undefined;
}

function idFault(id: unknown): Fault | undefined {
  return isLeftOut(id) || isActivityId(id) ? undefined : textFault('id', ID_CHARACTERS);
}

function sourceFault(source: unknown): Fault | undefined {
  return isLeftOut(source) || isSource(source) ? undefined : textFault('source', SOURCE_CHARACTERS);
}

function textFault(name: string, characters: number): Fault {
  return invalid(`${name} takes 1 to ${characters} characters of well-formed text without control characters`);
}

export const isLeftOut = (value: unknown) => value === undefined || value === null;

function userOf({ userId, objectId, username }: Fields): UserReference | Fault {
  const given = Number(!isLeftOut(userId)) + Number(!isLeftOut(objectId)) + Number(!isLeftOut(username));
  if (given !== 1) return invalid('exactly one of userId, objectId and username names the user');
  if (!isLeftOut(userId)) {
    const id = asDouble(userId);
    return isEntityId(id) ? { userId: id } : invalid('userId takes a whole number from 1');
  }
  if (!isLeftOut(username)) return isUsername(username) ? { username } : invalid('username takes 1 to 150 characters');
  return isObjectId(objectId) ? { objectId } : invalid('objectId takes 24 lower-case hex digits');
}

export function isObjectId(id: unknown): id is string {
  return typeof id === 'string' && OBJECT_ID.test(id);
}

function typeFault(type: unknown): Fault | undefined {
  if (isActivityType(type)) return undefined;
  return { code: 'invalid-type', detail: `type takes ${TYPE_FAULT}` };
}

function checkWorkspace(workspaceId: unknown, names: Names): number | undefined | Fault {
  if (isLeftOut(workspaceId)) return undefined;
  const id = asDouble(workspaceId);
  return isEntityId(id) ? id : invalid(`${names.workspaceId} takes a whole number from 1`);
}

/** The moment in milliseconds since the epoch; nothing where none is given. */
function checkTime(occurredAt: unknown, names: Names, now: number): number | undefined | Fault {
  if (isLeftOut(occurredAt)) return undefined;
  const time = typeof occurredAt === 'string' ? parseTimestamp(occurredAt) : undefined;
  if (time === undefined) return { code: 'invalid-time', detail: `${names.occurredAt} ${timestampFault(occurredAt)}` };
  if (time <= now + AHEAD_MS) return time;
  return { code: 'invalid-time', detail: `${names.occurredAt} is more than 24 hours ahead` };
}

/** Why a value cannot be kept as an activity's data and given back as it came; its size aside. */
export function fieldsFault(data: unknown): string | undefined {
  return isObject(data) ? freeFieldFault(data) : 'takes a JSON object';
}

/** The data as JSON; nothing where none is given. */
function checkData(data: unknown): string | undefined | Fault {
  if (isLeftOut(data)) return undefined;
  const fault = fieldsFault(data);
  if (fault !== undefined) return invalid(`data ${fault}`);
  const text = JSON.stringify(data);
  // A UTF-16 unit is three bytes at most.
  if (3 * text.length <= DATA_BYTES || Buffer.byteLength(text) <= DATA_BYTES) return text;
  return { code: 'too-large', detail: `data takes at most ${DATA_BYTES} bytes of JSON` };
}

/** Text of 1 to so many characters, as people count them: one outside of the basic plane is one. */
function isText(value: unknown, most: number): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 2 * most || !isPlain(value)) return false;
  return value.length <= most || [...value].length <= most;
}

// What `plainText` of the platform takes, at a tenth of the cost: this runs once an item here and once in the fold.
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
