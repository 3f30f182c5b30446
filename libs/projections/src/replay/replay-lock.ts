import { Client } from 'pg';
import { type Namespace } from '#platform';
import { ReplayRefused } from './replayed-fold.js';

/** One replay a namespace, of all machines. */
export interface ReplayLock {
  /** Aborted when the lock is lost: another may have begun. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

/** What its connections are called. */
export const nameOfReplay = (namespace: Namespace) => `${namespace.name}_replay`;

/** Held by a connection of its own, so that it ends with the process, however that ends. Throws `ReplayRefused`. */
export async function takeReplayLock(databaseUrl: string, namespace: Namespace): Promise<ReplayLock> {
  const client = new Client({
    connectionString: databaseUrl,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: nameOfReplay(namespace),
  });
  const lost = new AbortController();
  client.on('error', (cause) => lost.abort(new Error('the lock of the replay was lost', { cause })));
  const release = () => client.end();
  try {
    await client.connect();
    await take(client, namespace);
    return { signal: lost.signal, release };
  } catch (error) {
    await release().catch(() => undefined);
    throw error;
  }
}

async function take(client: Client, namespace: Namespace): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [
    nameOfReplay(namespace),
  ]);
  if (!rows[0]!.taken) throw new ReplayRefused(`a replay of ${namespace.name} is running already`);
}
