import { type LogRecord, type Topic } from '#event-sourcing';
import { counter, type Namespace, type Queryable } from '#platform';
import { type Fold, type FoldViews } from '#projections';
import { unsealRecords } from '../sealing/command-seals.js';
import { type Keyring } from '../sealing/keyring.js';
import { judge } from './judge.js';
import { decodeRecord } from './registry.record.js';
import { loadState } from './registry.rows.js';
import { writeState } from './registry.writes.js';
import { type RegistryState, type Verdict } from './registry.state.js';
import { mergeSearch } from '../users/projections/search-rows.js';
import { SEARCH_TABLES } from '../users/projections/search-tables.js';
import { REGISTRY_TABLES } from './tables.js';

// So that a large batch of one environment does not hold up the others of its partition for long.
const BATCH = 500;

const voidRecords = counter('registry_void_records_total', 'Records of the registry that are no command');

/** Commands of one environment share a partition, so that the first in the log wins. */
export function registryTopic(namespace: Namespace): Topic {
  return { name: namespace.topic('registry'), partitions: 4 };
}

/** What a reader has to know of the registry's views. */
export function registryViews(namespace: Namespace): FoldViews {
  return {
    name: 'registry',
    topic: registryTopic(namespace),
    tables: REGISTRY_TABLES + SEARCH_TABLES,
  };
}

/** The registry: judges the commands of the log in order, and keeps users, workspaces and outcomes as views. */
export function registryFold(namespace: Namespace, keyring: Keyring): Fold {
  let unmerged = 0;
  return {
    ...registryViews(namespace),
    batch: BATCH,
    async prepare(partition, records) {
      const { commands, voids } = await unsealRecords(keyring, records);
      return async (tx) => {
        await noteVoids(tx, partition, voids);
        if (commands.length === 0) return;
        const state = await loadState(tx, commands);
        for (const { environment, record, at } of commands) judge(state, environment, record, at);
        await writeState(tx, state);
        await announceDeleted(tx, namespace, state);
        unmerged += state.users.changes.size;
        // Many users at a time are merged cheaper, so while batches are full the index sees to it.
        if (records.length === BATCH || unmerged < BATCH) return;
        await mergeSearch(tx);
        unmerged = 0;
      };
    },
    drop: (record) => (tx) => answerDropped(tx, record),
  };
}

async function noteVoids(tx: Queryable, partition: number, records: readonly LogRecord[]): Promise<void> {
  if (records.length === 0) return;
  voidRecords.inc(records.length);
  await tx.query('INSERT INTO registry_voids SELECT $1, * FROM unnest($2::bigint[])', [
    partition,
    records.map(({ offset }) => offset),
  ]);
}

const DROPPED: Verdict = {
  rejected: 'internal',
  detail: 'The command could not be applied, and an operator dropped it. It has changed nothing.',
};

/** Whoever sent it learns that it came to nothing. */
async function answerDropped(tx: Queryable, { key: environment, value, time }: LogRecord): Promise<void> {
  const id = decodeRecord(value)?.id;
  if (id === undefined) return;
  await tx.query('INSERT INTO outcomes VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
    id,
    environment,
    new Date(time),
    JSON.stringify(DROPPED),
  ]);
}

/** Streams of a deleted user end: whoever holds one listens to this channel. */
async function announceDeleted(tx: Queryable, namespace: Namespace, { users }: RegistryState): Promise<void> {
  for (const [user, value] of users.changes) {
    if (value !== undefined) continue;
    await tx.query('SELECT pg_notify($1, $2)', [namespace.channel('deleted_users'), user]);
  }
}
