import { type KeyObject } from 'node:crypto';
import { type LogRecord } from '#event-sourcing';
import { ENVIRONMENT_ID, notFound } from '#platform';
import {
  type CommandRecord,
  decodeRecord,
  type RegistryCommand,
  type StoredCommand,
  type StoredRecord,
} from '../fold/registry.record.js';
import { digestsOf, type UserDigests } from '../users/domain/digests.js';
import { type NameHashes, type UserChanges, type UserDetails } from '../users/domain/user.js';
import { comparable } from '../users/domain/user.names.js';
import { type KeyName, type Keyring, nameOfKey, type UserKey } from './keyring.js';
import { type RootKey } from './root-key.js';
import { digester } from './seal.js';
import { isPersonal, isSealed, type PersonalCommand, sealCommand, unsealCommand } from './sealed-command.js';

type Unnamed<Command> = Command extends { readonly names: unknown }
  ? Omit<Command, 'names' | 'key' | 'digests' | 'base'> & { readonly key?: string; readonly base?: Base }
  : Command;

/** The user that a change is ordered for, at a version whose digests are not known to the log. */
export interface Base {
  readonly version: number;
  readonly user: UserDetails;
}

/** A command as a handler orders it; without the id of its user's key it gets a new one, named after the command. */
export type Order = Unnamed<RegistryCommand>;

/**
 * The commands of these orders as they go into the log: names hashed beside what is personal, which is sealed. Throws
 * `not-found` for a user whose key was erased.
 */
export async function sealOrders(
  keyring: Keyring,
  environment: string,
  orders: readonly { readonly id: string; readonly order: Order }[],
): Promise<StoredCommand[]> {
  const root = await keyring.rootKey();
  return Promise.all(
    orders.map(async ({ id, order }) => {
      const command = commandOf(root, environment, id, order);
      if (!isPersonal(command)) return command;
      const key = await keyFor(keyring, { environment, key: command.key }, id);
      return sealCommand(withDigests(command, key, order), key, { environment, commandId: id });
    }),
  );
}

/** A key that is named after its command is new; any other one is there. */
async function keyFor(keyring: Keyring, name: KeyName, commandId: string): Promise<KeyObject> {
  if (name.key === commandId) return keyring.makeKey(name);
  const key = await keyring.findKey(name);
  if (key === undefined) throw notFound('user');
  return key;
}

function commandOf(root: RootKey, environment: string, id: string, order: Order): RegistryCommand {
  if (!('user' in order || 'changes' in order)) return order;
  const { base: _, key = id, ...command } = order;
  if ('user' in command) return { ...command, key, names: hashesOf(root, environment, command.user) };
  return { ...command, key, names: hashesOf(root, environment, command.changes) };
}

/** A change with the digests that it is judged by. Users are registered without: the first change brings them. */
function withDigests(command: PersonalCommand, userKey: KeyObject, order: Order): PersonalCommand {
  if (command.type === 'RegisterUser') return command;
  const hash = digester(userKey);
  const digests = 'user' in command ? digestsOf(command.user, hash) : digestsOf(command.changes, hash);
  const base = 'base' in order && order.base;
  return {
    ...command,
    digests: digests as UserDigests,
    ...(base && { base: { version: base.version, digests: digestsOf(base.user, hash) } }),
  };
}

/** The hashes of the names that are there. */
function hashesOf(root: RootKey, environment: string, user: UserDetails): NameHashes;
function hashesOf(root: RootKey, environment: string, user: UserChanges): Partial<NameHashes>;
function hashesOf(root: RootKey, environment: string, { username, email }: UserChanges): Partial<NameHashes> {
  const hash = (kind: 'username' | 'email', name: string) => root.nameHash(environment, kind, comparable(name));
  return {
    ...(username !== undefined && { username: hash('username', username) }),
    ...(email !== undefined && { email: hash('email', email) }),
  };
}

/** A command of the log with its environment and its place. */
export interface LoggedCommand {
  readonly environment: string;
  readonly record: CommandRecord;
  readonly offset: number;
  /** The time of its record. */
  readonly at: number;
}

/** The commands of these log records with the keys that they are sealed with, and the records that hold none. */
export async function unsealRecords(
  keyring: Keyring,
  records: readonly LogRecord[],
): Promise<{ commands: LoggedCommand[]; keys: ReadonlyMap<string, UserKey>; voids: LogRecord[] }> {
  const decoded = records.map((record) =>
    ENVIRONMENT_ID.test(record.key) ? decodeRecord(record.value, record) : undefined,
  );
  const named = decoded.flatMap((stored, index) =>
    stored && isSealed(stored.command) ? [{ environment: records[index]!.key, key: stored.command.key }] : [],
  );
  const keys = await keyring.findKeys(named);
  const commands = records.flatMap(({ key: environment, offset, time: at }, index) => {
    const stored = decoded[index];
    return stored ? [{ environment, record: unsealRecord(stored, environment, keys), offset, at }] : [];
  });
  return { commands, keys, voids: records.filter((_, index) => decoded[index] === undefined) };
}

/** The record in clear, with keys by `nameOfKey`. */
export function unsealRecord(
  stored: StoredRecord,
  environment: string,
  keys: ReadonlyMap<string, UserKey>,
): CommandRecord {
  const { command } = stored;
  if (!isSealed(command)) return { ...stored, command };
  const key = keys.get(nameOfKey({ environment, key: command.key }));
  return { ...stored, command: unsealCommand(command, key, { environment, commandId: stored.id }) };
}
