import { z } from 'zod';
import { type LogRecord, type Topic } from '#event-sourcing';
import { type Namespace } from '#platform';
import { RecordTooNew } from '#projections';
import { type ChangeDigests, type Digest, type UserDigests } from '../decisions/digests.js';

/** Commands of one environment share a partition, so that the first in the log wins. */
export function registryTopic(namespace: Namespace): Topic {
  return { name: namespace.topic('registry'), partitions: 4 };
}

// Strict, since a field that this code does not know may change the verdict.
const Names = z.strictObject({ username: z.string(), email: z.string() });
const ifVersions = z.array(z.number().int()).readonly().optional();
const Digest: z.ZodType<Digest> = z.lazy(() => z.union([z.string(), z.null(), z.record(z.string(), Digest)]));
const text = { username: z.string(), email: z.string(), firstName: z.string(), lastName: z.string() };
const UserDigests: z.ZodType<UserDigests> = z.strictObject({ ...text, profile: z.record(z.string(), Digest) });
const ChangeDigests: z.ZodType<ChangeDigests> = z
  .strictObject({ ...text, profile: z.record(z.string(), Digest).nullable() })
  .partial();
const base = z.strictObject({ version: z.number().int(), digests: UserDigests }).optional();
/**
 * What is personal stands sealed with the user's key (`sealed-command.ts`), in base64. `exact` where a number in it has digits that a
 * double has not: code that would lose them does not know this field, and stops.
 */
const personal = { key: z.uuid(), sealed: z.base64(), exact: z.literal(true).optional() };
const user = { userId: z.number().int(), ifVersions };
const named = { id: z.number().int(), ifVersions };
const ends = {
  target: z.strictObject({ type: z.enum(['group', 'workspace']), id: z.number().int() }),
  holder: z.strictObject({ type: z.enum(['user', 'group']), id: z.number().int() }),
};

const SealedUserCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('RegisterUser'), names: Names, isActive: z.boolean(), ...personal }),
  z.strictObject({
    type: z.literal('ReplaceUser'),
    ...user,
    names: Names,
    digests: UserDigests.optional(),
    base,
    isActive: z.boolean(),
    ...personal,
  }),
  z.strictObject({
    type: z.literal('ChangeUser'),
    ...user,
    names: Names.partial(),
    digests: ChangeDigests.optional(),
    base,
    isActive: z.boolean().optional(),
    ...personal,
  }),
]);
const StoredCommand = z.discriminatedUnion('type', [
  ...SealedUserCommand.options,
  z.strictObject({ type: z.enum(['DeleteUser', 'EraseUser']), ...user }),
  z.strictObject({ type: z.enum(['CreateWorkspace', 'CreateGroup']), name: z.string() }),
  z.strictObject({
    type: z.enum(['RenameWorkspace', 'RenameGroup']),
    ...named,
    name: z.string(),
    ifOther: z.literal(true).optional(),
  }),
  z.strictObject({ type: z.enum(['DeleteWorkspace', 'DeleteGroup']), ...named }),
  z.strictObject({
    type: z.literal('AssignRole'),
    ...ends,
    role: z.enum(['member', 'viewer', 'editor', 'admin']),
  }),
  z.strictObject({ type: z.literal('WithdrawRole'), ...ends }),
]);

const VERSION = 2;
const Stored = z.strictObject({
  /** 2 with digests; commands without any are still of version 1. */
  v: z.union([z.literal(1), z.literal(VERSION)]),
  /** The command's own id. */
  id: z.uuid(),
  /** Who asked: the token's subject. */
  by: z.string(),
  idempotency: z.strictObject({ key: z.string(), bodyHash: z.string() }).optional(),
  command: StoredCommand,
});

/** The value of one record of the registry's topic, whose key is the environment. */
export type StoredRecord = z.infer<typeof Stored>;
/** A command as it stands in the log: what is personal in it cannot be read without the user's key. */
export type StoredCommand = StoredRecord['command'];
export type SealedUserCommand = z.infer<typeof SealedUserCommand>;

/** The version of the record of a command: the lowest that can hold it, so that older code reads what it can. */
export const versionOf = (command: StoredCommand): StoredRecord['v'] => ('digests' in command ? VERSION : 1);

export function encodeRecord(record: StoredRecord): string {
  return JSON.stringify(record);
}

/** What a command of whatever code has. */
const Marks = z.object({ v: z.int().positive(), id: z.uuid(), command: z.object({ type: z.string() }) });

/**
 * The record of these bytes; undefined where they are no command of any code, which makes them void. Throws `RecordTooNew` at a
 * command that this code cannot read: whoever sent it waits for its verdict.
 */
export function decodeRecord(value: Buffer, at?: LogRecord): StoredRecord | undefined {
  const json = parsed(value);
  const version = (json as { v?: unknown } | null | undefined)?.v;
  if (typeof version === 'number' && version > VERSION) {
    throw new RecordTooNew(`a command in version ${version} of the format, of which this code knows ${VERSION},`, at);
  }
  const { data, error } = Stored.safeParse(json);
  const marks = data ? undefined : Marks.safeParse(json).data;
  if (marks === undefined) return data;
  throw new RecordTooNew(
    `a command ${quoted(marks.command.type)}, whose ${quoted(unknownIn(error!))} this code lacks,`,
    at,
  );
}

function unknownIn({ issues: [issue] }: z.ZodError): string {
  return [...issue!.path, ...(issue!.code === 'unrecognized_keys' ? issue.keys : [])].join('.');
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 100));

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
