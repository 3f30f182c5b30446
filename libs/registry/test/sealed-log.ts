import { type Idempotency, type StoredRecord, versionOf } from '../src/fold/registry.record.js';
import { type Order, sealOrders } from '../src/sealing/command-seals.js';
import { type Keyring } from '../src/sealing/keyring.js';

/** An order on its way into the log, as the door writes it. */
export interface Sent {
  readonly id: string;
  readonly order: Order;
  readonly idempotency?: Idempotency;
}

export async function sealedRecord(
  keyring: Keyring,
  environment: string,
  { id, order, idempotency }: Sent,
): Promise<StoredRecord> {
  const [command] = await sealOrders(keyring, environment, [{ id, order }]);
  return { v: versionOf(command!), id, by: 'tester', ...(idempotency && { idempotency }), command: command! };
}
