import { type LogRecord, type Topic } from '#event-sourcing';
import { counter, ENVIRONMENT_ID, type Namespace, type Queryable } from '#platform';
import { type Fold } from '#projections';
import { judge } from './judge.js';
import { decodeCommand } from './registry.record.js';
import { type Command, loadState } from './registry.rows.js';
import { writeState } from './registry.writes.js';
import { type RegistryState } from './registry.state.js';
import { SEARCH_TABLES } from '../users/projections/search-tables.js';
import { REGISTRY_TABLES } from './tables.js';

const voids = counter('registry_void_records_total', 'Records of the registry that are no command');

/** Commands of one environment share a partition, so that the first in the log wins. */
export function registryTopic(namespace: Namespace): Topic {
  return { name: namespace.topic('registry'), partitions: 4 };
}

/** The registry: judges the commands of the log in order, and keeps users, workspaces and outcomes as views. */
export function registryFold(namespace: Namespace): Fold {
  return {
    name: 'registry',
    topic: registryTopic(namespace),
    version: 2,
    tables: REGISTRY_TABLES + SEARCH_TABLES,
    // So that a large batch of one environment does not hold up the others of its partition for long.
    batch: 500,
    async apply(tx, partition, records) {
      const commands = await decodeAll(tx, partition, records);
      const state = await loadState(tx, commands);
      for (const { environment, record, at } of commands) judge(state, environment, record, at);
      await writeState(tx, state);
      await announceDeleted(tx, namespace, state);
    },
  };
}

async function decodeAll(tx: Queryable, partition: number, records: readonly LogRecord[]): Promise<Command[]> {
  const commands: Command[] = [];
  for (const { key, value, time, offset } of records) {
    const record = ENVIRONMENT_ID.test(key) ? decodeCommand(value) : undefined;
    if (record) {
      commands.push({ environment: key, record, at: time });
    } else {
      voids.inc();
      await tx.query('INSERT INTO registry_voids VALUES ($1, $2)', [partition, offset]);
    }
  }
  return commands;
}

/** Streams of a deleted user end: whoever holds one listens to this channel. */
async function announceDeleted(tx: Queryable, namespace: Namespace, { users }: RegistryState): Promise<void> {
  for (const [user, value] of users.changes) {
    if (value !== undefined) continue;
    await tx.query('SELECT pg_notify($1, $2)', [namespace.channel('deleted_users'), user]);
  }
}
