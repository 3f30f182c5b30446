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
import { type NameHashes, type UserDetails } from '../users/domain/user.js';
import { comparable } from '../users/domain/user.names.js';
import { type KeyName, type Keyring, nameOfKey, type UserKey } from './keyring.js';
import { type RootKey } from './root-key.js';
import { isPersonal, isSealed, sealCommand, unsealCommand } from './sealed-command.js';

type Unnamed<Command> = Command extends { readonly names: unknown }
  ? Omit<Command, 'names' | 'key'> & { readonly key?: string }
  : Command;

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
      return sealCommand(command, key, { environment, commandId: id });
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
  if (order.type === 'RegisterUser' || order.type === 'ReplaceUser') {
    return { ...order, key: order.key ?? id, names: hashesOf(root, environment, order.user) };
  }
  if (order.type === 'ChangeUser') {
    return { ...order, key: order.key ?? id, names: hashesOf(root, environment, order.changes) };
  }
  return order;
}

/** The hashes of the names that are there. */
function hashesOf(root: RootKey, environment: string, user: UserDetails): NameHashes;
function hashesOf(root: RootKey, environment: string, user: Partial<UserDetails>): Partial<NameHashes>;
function hashesOf(root: RootKey, environment: string, { username, email }: Partial<UserDetails>): Partial<NameHashes> {
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
  const decoded = records.map(({ key, value }) => (ENVIRONMENT_ID.test(key) ? decodeRecord(value) : undefined));
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
