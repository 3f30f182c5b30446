import { type Idempotency } from '../src/decisions/judge.js';
import { type AskedCommand, sealCommands } from '../src/stored/command-seals.js';
import { type Keyring } from '../src/stored/keyring.js';
import { type StoredRecord, versionOf } from '../src/stored/registry.record.js';

/** A command that is asked for, with its id. */
export interface Sent {
  readonly id: string;
  readonly asked: AskedCommand;
  readonly idempotency?: Idempotency;
}

export async function sealedRecord(
  keyring: Keyring,
  environment: string,
  { id, asked, idempotency }: Sent,
): Promise<StoredRecord> {
  const [command] = await sealCommands(keyring, environment, [{ id, asked }]);
  return { v: versionOf(command!), id, by: 'tester', ...(idempotency && { idempotency }), command: command! };
}
