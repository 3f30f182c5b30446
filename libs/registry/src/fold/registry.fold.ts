import { isRejection, type LogRecord } from '#event-sourcing';
import { counter, type Namespace, type Queryable } from '#platform';
import { type Fold, type FoldViews, type ReplayedFold } from '#projections';
import { mergeSearch, SEARCH_INDEXES, SEARCH_TABLES } from '#search';
import { judge, type LoggedCommand } from '../decisions/judge.js';
import { type RegistryState, type UserKeyId, type Verdict } from '../decisions/registry.state.js';
import { timeOfCommandId } from '../stored/command-id.js';
import { unsealRecords } from '../stored/command-seals.js';
import { type Keyring } from '../stored/keyring.js';
import { decodeRecord, registryTopic } from '../stored/registry.record.js';
import { isPersonal, isSealed } from '../stored/sealed-command.js';
import { loadState } from './registry.rows.js';
import { writeState } from './registry.writes.js';
import { REGISTRY_INDEXES, REGISTRY_TABLES } from './tables.js';

// So that a large batch of one environment does not hold up the others of its partition for long.
const BATCH = 500;
// In a replay nobody waits.
const LOAD_BATCH = 2_000;

const voidRecords = counter('registry_void_records_total', 'Records of the registry that are no command');

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
    live: async (tx, state, commands) => {
      await announceDeleted(tx, namespace, state);
      await keyring.eraseKeys(tx, unusedKeys(state, commands));
    },
  });
}

/** The same for a replay: streams learn nothing of it, and the index of the search is built when all users are there. */
export function replayedRegistry(namespace: Namespace, keyring: Keyring): ReplayedFold {
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

interface FoldOptions {
  readonly batch: number;
  /** Whether what was written is merged into the index of the search, which must be there then. */
  readonly merging: boolean;
  /** What follows outside of the views, which only the live ones may bring about: streams that end, keys of nobody that go. */
  readonly live?: (tx: Queryable, state: RegistryState, commands: readonly LoggedCommand[]) => Promise<void>;
}

function foldOf(namespace: Namespace, keyring: Keyring, { batch, merging, live }: FoldOptions): Fold {
  let unmerged = 0;
  return {
    ...registryViews(namespace),
    batch,
    async prepare(partition, records, passed = records) {
      const { commands, keys, voids } = await unsealRecords(keyring, records);
      return async (tx) => {
        await noteVoids(tx, partition, voids);
        if (passed.length === 0) return;
        const time = passed.reduce((latest, record) => Math.max(latest, record.time), -Infinity);
        const state = await loadState(tx, partition, time, commands);
        judgeAll(state, commands, passed);
        await writeState(tx, state, partition, keys);
        // In every fold that passes the record: where nothing is live, a replay may be the only one that does.
        await keyring.eraseKeys(tx, [...state.erased.values()]);
        await live?.(tx, state, commands);
        if (!merging || commands.length === 0) return;
        unmerged += state.users.changes.size;
        // Many users at a time are merged cheaper, so while batches are full the index sees to it.
        if (records.length === batch || unmerged < batch) return;
        await mergeSearch(tx);
        unmerged = 0;
      };
    },
    drop: (record) => async (tx) => {
      const dropped = decodeRecord(record.value, record);
      if (dropped === undefined) return;
      await answerDropped(tx, record, dropped.id);
      // What it sealed is nobody's.
      if (live && isSealed(dropped.command) && dropped.command.key === dropped.id)
        await keyring.eraseKeys(tx, [{ environment: record.key, key: dropped.id }]);
    },
  };
}

/** In the order of the log, whose time moves on with all that is passed. */
function judgeAll(state: RegistryState, commands: readonly LoggedCommand[], passed: readonly LogRecord[]): void {
  let next = 0;
  for (const command of commands) {
    while (next < passed.length && passed[next]!.offset <= command.offset) state.passTime(passed[next++]!.time);
    judge(state, command);
  }
  while (next < passed.length) state.passTime(passed[next++]!.time);
}

// Far below the time that outcomes are kept for, whatever the clocks of senders and brokers say.
const FRESH_MS = 60 * 60 * 1000;

/**
 * The keys of commands that made nobody: of refused ones, and of repeats. Nobody will ask for what they sealed. A record
 * that comes again when its outcome has expired may have made somebody the first time, so only fresh ones are meant.
 */
function unusedKeys(state: RegistryState, commands: readonly LoggedCommand[]): UserKeyId[] {
  return commands.flatMap(({ environment, id, command }) => {
    const verdict = state.outcomes.changes.get(id)?.verdict;
    if (verdict === undefined || !isPersonal(command) || command.key !== id) return [];
    if (Math.abs(state.clock - timeOfCommandId(id)) > FRESH_MS) return [];
    return !isRejection(verdict) && verdict.accepted.user?.key === id ? [] : [{ environment, key: id }];
  });
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
async function answerDropped(tx: Queryable, { partition, key: environment }: LogRecord, id: string): Promise<void> {
  await tx.query(
    `INSERT INTO outcomes (command_id, partition, environment, decided_on, verdict)
     SELECT $1, partition, $3, time, $4 FROM registry_clock WHERE partition = $2 ON CONFLICT DO NOTHING`,
    [id, partition, environment, JSON.stringify(DROPPED)],
  );
}

/** Streams of what is deleted end: whoever holds one listens to these channels. */
async function announceDeleted(tx: Queryable, namespace: Namespace, state: RegistryState): Promise<void> {
  for (const kind of ['users', 'workspaces'] as const) {
    for (const key of state[kind].gone()) {
      await tx.query('SELECT pg_notify($1, $2)', [namespace.channel(`deleted_${kind}`), key]);
    }
  }
}
