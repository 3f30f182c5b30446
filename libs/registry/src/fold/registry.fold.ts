import { type LogRecord, type Topic } from '#event-sourcing';
import { counter, type Namespace, type Queryable } from '#platform';
import { type Fold, type FoldViews, type Replayed } from '#projections';
import { unsealRecords } from '../sealing/command-seals.js';
import { type Keyring } from '../sealing/keyring.js';
import { judge } from './judge.js';
import { decodeRecord } from './registry.record.js';
import { loadState } from './registry.rows.js';
import { writeState } from './registry.writes.js';
import { type RegistryState, type Verdict } from './registry.state.js';
import { mergeSearch } from '../users/projections/search-rows.js';
import { SEARCH_INDEXES, SEARCH_TABLES } from '../users/projections/search-tables.js';
import { REGISTRY_INDEXES, REGISTRY_TABLES } from './tables.js';

// So that a large batch of one environment does not hold up the others of its partition for long.
const BATCH = 500;
// In a replay nobody waits.
const LOAD_BATCH = 2_000;

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
    indexes: REGISTRY_INDEXES + SEARCH_INDEXES,
  };
}

/** The registry: judges the commands of the log in order, and keeps users, workspaces and outcomes as views. */
export function registryFold(namespace: Namespace, keyring: Keyring): Fold {
  return foldOf(namespace, keyring, {
    batch: BATCH,
    merging: true,
    deleted: (tx, state) => announceDeleted(tx, namespace, state),
  });
}

/** The same for a replay: streams learn nothing of it, and the index of the search is built when all users are there. */
export function replayedRegistry(namespace: Namespace, keyring: Keyring): Replayed {
  const load = foldOf(namespace, keyring, { batch: LOAD_BATCH, merging: false });
  return {
    fold: foldOf(namespace, keyring, { batch: BATCH, merging: true }),
    load: {
      fold: load,
      finish: [
        [
          { sql: SEARCH_INDEXES, makes: 'user_search_tokens' },
          { sql: REGISTRY_INDEXES, makes: 'users_environment_object_id_key' },
        ],
      ],
    },
  };
}

interface Manner {
  readonly batch: number;
  /** Whether what was written is merged into the index of the search, which must be there then. */
  readonly merging: boolean;
  /** Told of each batch that may have deleted users. */
  readonly deleted?: (tx: Queryable, state: RegistryState) => Promise<void>;
}

function foldOf(namespace: Namespace, keyring: Keyring, { batch, merging, deleted }: Manner): Fold {
  let unmerged = 0;
  return {
    ...registryViews(namespace),
    batch,
    async prepare(partition, records) {
      const { commands, voids } = await unsealRecords(keyring, records);
      return async (tx) => {
        await noteVoids(tx, partition, voids);
        if (commands.length === 0) return;
        const state = await loadState(tx, commands);
        for (const { environment, record, at } of commands) judge(state, environment, record, at);
        await writeState(tx, state);
        await deleted?.(tx, state);
        if (!merging) return;
        unmerged += state.users.changes.size;
        // Many users at a time are merged cheaper, so while batches are full the index sees to it.
        if (records.length === batch || unmerged < batch) return;
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
async function answerDropped(tx: Queryable, record: LogRecord): Promise<void> {
  const { key: environment, value, time } = record;
  const id = decodeRecord(value, record)?.id;
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
