import { z } from 'zod';
import { type UserCommand } from '../users/domain/user.commands.js';
import { type AssignmentCommand } from '../workspaces/domain/assignment.decider.js';
import { type NamedCommand } from '../workspaces/domain/named.decider.js';

export type RegistryCommand = UserCommand | NamedCommand | AssignmentCommand;

/** One record of the registry's topic: a command as it was let in at the door. Its key is the environment. */
export interface CommandRecord {
  readonly v: 1;
  /** The command's own id, a UUID: a second record with it is the same command, not a second one. */
  readonly id: string;
  /** Who asked: the token's subject. */
  readonly by: string;
  readonly idempotency?: Idempotency;
  readonly command: RegistryCommand;
}

/** The client's `Idempotency-Key`, made its own by the subject, and the hash of what it was sent with. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

const Names = z.object({ username: z.string(), email: z.string() });
const Details = z.object({
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  isActive: z.boolean(),
  profile: z.record(z.string(), z.unknown()),
});
const Target = z.object({ userId: z.number().int(), ifVersions: z.array(z.number().int()).optional() });

const named = { id: z.number().int(), ifVersions: z.array(z.number().int()).optional() };
const ends = {
  target: z.object({ type: z.enum(['group', 'workspace']), id: z.number().int() }),
  holder: z.object({ type: z.enum(['user', 'group']), id: z.number().int() }),
};

const Command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('RegisterUser'), keys: Names, user: Details }),
  Target.extend({ type: z.literal('ReplaceUser'), keys: Names, user: Details }),
  Target.extend({ type: z.literal('ChangeUser'), keys: Names.partial(), changes: Details.partial() }),
  Target.extend({ type: z.literal('DeleteUser') }),
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

const Stored = z.object({
  v: z.literal(1),
  id: z.uuid(),
  by: z.string(),
  idempotency: z.object({ key: z.string(), bodyHash: z.string() }).optional(),
  command: Command,
});

export function encodeCommand(record: CommandRecord): string {
  return JSON.stringify(record);
}

/** The command of a record; undefined where the bytes are none, which makes the record void. */
export function decodeCommand(value: Buffer): CommandRecord | undefined {
  try {
    return Stored.safeParse(JSON.parse(value.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
