import { type KeyObject } from 'node:crypto';
import { counter, mayLoseDigits, parseExactly } from '#platform';
import { type RegistryCommand } from '../decisions/judge.js';
import { type UserChanges, type UserDetails } from '../decisions/user.js';
import { usableKey, type UserKey } from './keyring.js';
import { type SealedUserCommand, type StoredCommand } from './registry.record.js';
import { seal, unseal } from './seal.js';

/** What is personal of a user, and therefore sealed in the log. */
type Personal = Omit<UserDetails, 'isActive'>;
type PersonalChanges = Omit<UserChanges, 'isActive'>;
/** The commands that hold something personal. */
export type PersonalCommand = Extract<RegistryCommand, { readonly key: string }>;

const missingKeys = counter('registry_missing_keys_total', 'Records whose key was lost');
const brokenSeals = counter('registry_broken_seals_total', 'Records whose personal fields were not sealed by us');

/** What is left of a user whose key was erased. */
const ERASED: Personal = { username: '', email: '', firstName: '', lastName: '', profile: {} };

/** Which command something is sealed for: it cannot be read in another one. */
export interface SealContext {
  readonly environment: string;
  readonly commandId: string;
}

export function isPersonal(command: RegistryCommand): command is PersonalCommand {
  return 'key' in command;
}

export function isSealed(command: StoredCommand): command is SealedUserCommand {
  return 'sealed' in command;
}

/** Seals what is personal of a command with the key that it names. */
export function sealCommand(command: PersonalCommand, key: KeyObject, context: SealContext): SealedUserCommand {
  if (command.type === 'ChangeUser') {
    const { changes, ...rest } = command;
    const { isActive, ...personal } = changes;
    return { ...rest, ...(isActive !== undefined && { isActive }), ...sealed(personal, key, command, context) };
  }
  const { user, ...rest } = command;
  const { isActive, ...personal } = user;
  return { ...rest, isActive, ...sealed(personal, key, command, context) };
}

/**
 * The command as it was sealed. What cannot be opened, because its key was erased or its seal is broken, leaves what was
 * personal empty and nothing else different: a verdict never depends on what is sealed.
 */
export function unsealCommand(
  command: SealedUserCommand,
  key: UserKey | undefined,
  context: SealContext,
): PersonalCommand {
  const { sealed: text, exact, isActive, ...rest } = command;
  const usable = usableKey(key);
  const opened = usable && unseal(usable, Buffer.from(text, 'base64'), contextOf(command, context));
  if (!opened && key !== 'erased') (key ? brokenSeals : missingKeys).inc();
  const read = exact ? parseExactly : (JSON.parse as (json: string) => unknown);
  const personal = opened && read(opened.toString('utf8'));
  if (rest.type === 'ChangeUser') {
    return { ...rest, changes: { ...(personal as PersonalChanges), ...(isActive !== undefined && { isActive }) } };
  }
  return { ...rest, user: { ...((personal ?? ERASED) as Personal), isActive: isActive === true } };
}

function sealed(
  personal: PersonalChanges,
  key: KeyObject,
  command: PersonalCommand,
  context: SealContext,
): Pick<SealedUserCommand, 'sealed' | 'exact'> {
  const json = JSON.stringify(personal);
  const sealed = seal(key, Buffer.from(json), contextOf(command, context)).toString('base64');
  return { sealed, ...(losesDigits(json) && { exact: true }) };
}

/** Whether a reader that has doubles for numbers would write this otherwise. */
const losesDigits = (json: string) => mayLoseDigits(json) && JSON.stringify(JSON.parse(json)) !== json;

/** The id of a user who is being registered is not known yet. */
function contextOf(
  command: { readonly type: string; readonly userId?: number },
  { environment, commandId }: SealContext,
): string {
  return `${environment}\n${command.userId ?? 'new'}\n${commandId}`;
}
