import { type EventLog, type LogRecord, type Subscription } from '#event-sourcing';
import { createLogger, Namespace, Postgres } from '#platform';
import { type Fold, project } from '#projections';
import { freshNamespace } from '../../../test/support/namespaces.js';
import { dropViews, readRows } from '../../../test/support/views.js';

const logger = createLogger('test', 'silent');

/** An owner of partitions whose records the test hands over itself. */
export interface HandFed {
  start(): Promise<ReadonlyMap<number, number>>;
  apply(records: readonly LogRecord[], stillOwned?: () => boolean): Promise<void>;
}

/** Views in a namespace of their own, and owners that feed them by hand. */
export interface Projecting {
  readonly namespace: Namespace;
  readonly postgres: Postgres;
  owner(fold: Fold, options?: { maxDeadLetters?: number }): Promise<HandFed>;
  rows(...tables: string[]): Promise<Record<string, unknown[]>>;
  position(partition?: number): Promise<number>;
  /** What is set aside and was not dropped, in the order of the log. */
  waiting(): Promise<{ key: string; position: number; reason: string | null }[]>;
  /** The values of the notes that were applied, in the order of the log. */
  applied(): Promise<string[]>;
  /** What an operator may do at any time. */
  drop(): Promise<void>;
  close(): Promise<void>;
}

export function projecting(databaseUrl: string): Projecting {
  const namespace = new Namespace(freshNamespace());
  const postgres = new Postgres(databaseUrl, namespace, { onError: () => undefined });
  return {
    namespace,
    postgres,
    owner: (fold, options) => handFed(fold, { postgres, namespace, logger, ...options }),
    rows: (...tables) => readRows(postgres, tables),
    async position(partition = 0) {
      const { rows } = await postgres.query<{ position: number }>(
        'SELECT position FROM registry_checkpoints WHERE partition = $1',
        [partition],
      );
      return rows[0]!.position;
    },
    async waiting() {
      const { rows } = await postgres.query<{ key: string; position: number; reason: string | null }>(
        'SELECT key, position, reason FROM registry_dead_letters WHERE dropped_at IS NULL ORDER BY position',
      );
      return rows;
    },
    async applied() {
      const { rows } = await postgres.query<{ value: string }>('SELECT value FROM notes ORDER BY position');
      return rows.map(({ value }) => value);
    },
    drop: () => dropViews(postgres, namespace),
    async close() {
      await dropViews(postgres, namespace);
      await postgres.close();
    },
  };
}

async function handFed(fold: Fold, context: Omit<Parameters<typeof project>[1], 'log'>): Promise<HandFed> {
  let subscription: Subscription | undefined;
  const log = {
    extents: async () => new Map(),
    consume: async (given: Subscription) => {
      subscription = given;
      return { joined: Promise.resolve(), ended: new Promise<void>(() => undefined), stop: async () => undefined };
    },
  } as unknown as EventLog;
  await project(fold, { ...context, log });
  return {
    start: () => subscription!.startAt([0, 1]),
    apply: (records, stillOwned = () => true) =>
      records.length === 0 ? Promise.resolve() : subscription!.apply(records[0]!.partition, records, stillOwned),
  };
}
