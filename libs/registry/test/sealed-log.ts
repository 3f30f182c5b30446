import { sealRecords, type SentCommand } from '../src/stored/command-seals.js';
import { type Keyring } from '../src/stored/keyring.js';
import { type StoredRecord } from '../src/stored/registry.record.js';

export { type SentCommand };

export async function sealedRecord(keyring: Keyring, environment: string, sent: SentCommand): Promise<StoredRecord> {
  const [record] = await sealRecords(keyring, { environment, subject: 'tester' }, [sent]);
  return record!;
}
