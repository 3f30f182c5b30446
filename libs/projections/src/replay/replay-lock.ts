import { Client } from 'pg';
import { type Namespace } from '#platform';
import { ReplayRefused } from './replayed.js';

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
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [
    nameOfReplay(namespace),
  ]);
  const release = () => client.end();
  if (rows[0]!.taken) return { signal: lost.signal, release };
  await release();
  throw new ReplayRefused(`a replay of ${namespace.name} is running already`);
}
