import { type KeyObject } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { ENVIRONMENT_ID, notFound } from '#platform';
import { digestsOf, type UserDigests } from '../decisions/digests.js';
import { type Idempotency, type LoggedCommand, type RegistryCommand } from '../decisions/judge.js';
import { type UserKeyId } from '../decisions/registry.state.js';
import { type NameHashes, type UserChanges, type UserDetails } from '../decisions/user.js';
import { comparable } from '../decisions/user.names.js';
import { type Keyring, type KeySource, textOfKeyId, type UserKey } from './keyring.js';
import { decodeRecord, type StoredCommand, type StoredRecord, versionOf } from './registry.record.js';
import { type RootKey } from './root-key.js';
import { digester } from './seal.js';
import {
  isPersonal,
  isSealed,
  type PersonalCommand,
  sealCommand,
  type SealContext,
  unsealCommand,
} from './sealed-command.js';

type Unhashed<Command> = Command extends { readonly names: unknown }
  ? Omit<Command, 'names' | 'key' | 'digests' | 'base'> & { readonly key?: string; readonly base?: UndigestedUser }
  : Command;

/** The user that a change is asked for, at a version whose digests are not known to the log. */
export interface UndigestedUser {
  readonly version: number;
  readonly user: UserDetails;
}

/** A command as it is asked for; without the id of its user's key it gets a new one, named after the command. */
export type AskedCommand = Unhashed<RegistryCommand>;

/** A command that is asked for, with its own id. */
export interface SentCommand {
  readonly id: string;
  readonly asked: AskedCommand;
  readonly idempotency?: Idempotency;
}

/**
 * What was asked as it goes into the log: names hashed beside what is personal, which is sealed. Throws `not-found` for
 * a user whose key was erased.
 */
export async function sealRecords(
  keys: KeySource,
  { environment, subject }: { readonly environment: string; readonly subject: string },
  commands: readonly SentCommand[],
): Promise<StoredRecord[]> {
  const root = await keys.rootKey();
  return Promise.all(
    commands.map(async ({ id, asked, idempotency }) => {
      const named = withNames(root, environment, id, asked);
      const command = isPersonal(named)
        ? await sealPersonal(keys, { environment, commandId: id }, named, asked)
        : named;
      return { v: versionOf(command), id, by: subject, ...(idempotency && { idempotency }), command };
    }),
  );
}

async function sealPersonal(
  keys: KeySource,
  context: SealContext,
  command: PersonalCommand,
  asked: AskedCommand,
): Promise<StoredCommand> {
  const key = await keyFor(keys, { environment: context.environment, key: command.key }, context.commandId);
  return sealCommand(withDigests(command, key, asked), key, context);
}

/** A key that is named after its command is new; any other one is there. */
async function keyFor(keys: KeySource, name: UserKeyId, commandId: string): Promise<KeyObject> {
  if (name.key === commandId) return keys.makeKey(name);
  const key = await keys.findKey(name);
  if (key === undefined) throw notFound('user');
  return key;
}

function withNames(root: RootKey, environment: string, id: string, asked: AskedCommand): RegistryCommand {
  if (!('user' in asked || 'changes' in asked)) return asked;
  const { base: _, key = id, ...command } = asked;
  const names = hashesOf(root, environment, detailsIn(command));
  return { ...command, key, names } as PersonalCommand;
}

/** A change with the digests that it is judged by. Users are registered without: the first change brings them. */
function withDigests(command: PersonalCommand, userKey: KeyObject, asked: AskedCommand): PersonalCommand {
  if (command.type === 'RegisterUser') return command;
  const hash = digester(userKey);
  const base = 'base' in asked && asked.base;
  return {
    ...command,
    digests: digestsOf(detailsIn(command), hash) as UserDigests,
    ...(base && { base: { version: base.version, digests: digestsOf(base.user, hash) } }),
  };
}

const detailsIn = (command: { readonly user: UserDetails } | { readonly changes: UserChanges }): UserChanges =>
  'user' in command ? command.user : command.changes;

/** The hashes of the names that are there. */
function hashesOf(root: RootKey, environment: string, { username, email }: UserChanges): Partial<NameHashes> {
  const hash = (kind: 'username' | 'email', name: string) => root.nameHash(environment, kind, comparable(name));
  return {
    ...(username !== undefined && { username: hash('username', username) }),
    ...(email !== undefined && { email: hash('email', email) }),
  };
}

/** A command at its place in the log, as it is stored. */
export type StoredInLog = LoggedCommand<StoredCommand>;

/** The commands of these log records, and the records that hold none. Throws `RecordTooNew`. */
export function decodeRecords(records: readonly LogRecord[]): { stored: StoredInLog[]; voids: LogRecord[] } {
  const stored: StoredInLog[] = [];
  const voids: LogRecord[] = [];
  for (const record of records) {
    const decoded = ENVIRONMENT_ID.test(record.key) ? decodeRecord(record.value, record) : undefined;
    if (decoded) stored.push(placed(decoded, record));
    else voids.push(record);
  }
  return { stored, voids };
}

export const placed = (
  { id, idempotency, command }: StoredRecord,
  { key: environment, offset, time: at }: Pick<LogRecord, 'key' | 'offset' | 'time'>,
): StoredInLog => ({ environment, id, idempotency, offset, at, command });

/** The commands in clear, with the keys that they are sealed with. */
export async function unsealAll(
  keyring: Keyring,
  stored: readonly StoredInLog[],
): Promise<{ commands: LoggedCommand[]; keys: ReadonlyMap<string, UserKey> }> {
  const named = stored.flatMap(({ environment, command }) =>
    isSealed(command) ? { environment, key: command.key } : [],
  );
  const keys = await keyring.findKeys(named);
  return { commands: stored.map((one) => unsealed(one, keys)), keys };
}

/** A command in clear, with keys by `textOfKeyId`. */
export function unsealed({ command, ...place }: StoredInLog, keys: ReadonlyMap<string, UserKey>): LoggedCommand {
  if (!isSealed(command)) return { ...place, command };
  const { environment, id: commandId } = place;
  const key = keys.get(textOfKeyId({ environment, key: command.key }));
  return { ...place, command: unsealCommand(command, key, { environment, commandId }) };
}
