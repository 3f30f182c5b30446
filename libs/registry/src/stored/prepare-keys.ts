import { type EventLog } from '#event-sourcing';
import { type Namespace } from '#platform';
import { registryTopic } from './registry.record.js';
import { type Keyring } from './keyring.js';

/** Makes the keys where the log is still empty; its topic has been prepared. Throws `KeysUnusable`. */
export async function prepareKeys(keyring: Keyring, log: EventLog, namespace: Namespace): Promise<void> {
  const extents = await log.extents(registryTopic(namespace).name);
  await keyring.prepare([...extents.values()].some(({ high }) => high > 0));
}
