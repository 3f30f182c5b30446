import { z } from 'zod';
import { StopProjection } from '#projections';
import { type UserCommand } from '../users/domain/user.commands.js';
import { type AssignmentCommand } from '../workspaces/domain/assignment.decider.js';
import { type NamedCommand } from '../workspaces/domain/named.decider.js';

export type RegistryCommand = UserCommand | NamedCommand | AssignmentCommand;

/** A command with what the fold needs to know of how it came. */
export interface CommandRecord<Command = RegistryCommand> {
  readonly v: 1;
  /** The command's own id, a UUID: a second record with it is the same command, not a second one. */
  readonly id: string;
  /** Who asked: the token's subject. */
  readonly by: string;
  readonly idempotency?: Idempotency;
  readonly command: Command;
}

/** The client's `Idempotency-Key`, made its own by the subject, and the hash of what it was sent with. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

const Names = z.object({ username: z.string(), email: z.string() });
const ifVersions = z.array(z.number().int()).readonly().optional();
/** What is personal stands sealed with the user's key (`sealed-command.ts`), in base64. */
const personal = { key: z.uuid(), sealed: z.base64() };
const user = { userId: z.number().int(), ifVersions };
const named = { id: z.number().int(), ifVersions };
const ends = {
  target: z.object({ type: z.enum(['group', 'workspace']), id: z.number().int() }),
  holder: z.object({ type: z.enum(['user', 'group']), id: z.number().int() }),
};

const SealedUserCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('RegisterUser'), names: Names, isActive: z.boolean(), ...personal }),
  z.object({ type: z.literal('ReplaceUser'), ...user, names: Names, isActive: z.boolean(), ...personal }),
  z.object({
    type: z.literal('ChangeUser'),
    ...user,
    names: Names.partial(),
    isActive: z.boolean().optional(),
    ...personal,
  }),
]);
const StoredCommand = z.discriminatedUnion('type', [
  ...SealedUserCommand.options,
  z.object({ type: z.enum(['DeleteUser', 'EraseUser']), ...user }),
  z.object({ type: z.enum(['CreateWorkspace', 'CreateGroup']), name: z.string() }),
  z.object({ type: z.enum(['RenameWorkspace', 'RenameGroup']), ...named, name: z.string() }),
  z.object({ type: z.enum(['DeleteWorkspace', 'DeleteGroup']), ...named }),
  z.object({
    type: z.literal('AssignRole'),
    ...ends,
    role: z.enum(['member', 'viewer', 'editor', 'admin']),
  }),
  z.object({ type: z.literal('WithdrawRole'), ...ends }),
]);

const VERSION = 1;
const Stored = z.object({
  v: z.literal(VERSION),
  id: z.uuid(),
  by: z.string(),
  idempotency: z.object({ key: z.string(), bodyHash: z.string() }).optional(),
  command: StoredCommand,
});

/** A command as it stands in the log: what is personal in it cannot be read without the user's key. */
export type StoredCommand = z.infer<typeof StoredCommand>;
export type SealedUserCommand = z.infer<typeof SealedUserCommand>;

/** One record of the registry's topic: a command as it was let in at the door. Its key is the environment. */
export type StoredRecord = CommandRecord<StoredCommand>;

export function encodeRecord(record: StoredRecord): string {
  return JSON.stringify(record);
}

/** A record of newer code, which must not be passed over: whoever sent it waits for its verdict. */
class RecordTooNew extends StopProjection {
  override readonly name = 'RecordTooNew';
}

/** The record of these bytes; undefined where they are none, which makes it void. Throws at a version that is to come. */
export function decodeRecord(value: Buffer): StoredRecord | undefined {
  const json = parsed(value);
  const version = (json as { v?: unknown } | null | undefined)?.v;
  if (typeof version === 'number' && version > VERSION) {
    throw new RecordTooNew(
      `a record of version ${version} of the registry's log: this code reads ${VERSION}; update it`,
    );
  }
  return Stored.safeParse(json).data;
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
