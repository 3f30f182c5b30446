import type { LogRecord } from '#event-sourcing';
import { createLogger, FOLD_NAMES, Namespace, Postgres, prepared } from '#platform';
import { type Fold, prepareGeneration } from '#projections';
import { freshNamespace } from './namespaces.js';

/** The views of one fold in a namespace of their own, to apply records to as a projector does. */
export interface Views {
  readonly namespace: Namespace;
  readonly postgres: Postgres;
  readonly fold: Fold;
  /** In one transaction, as one batch. */
  apply(records: readonly LogRecord[]): Promise<void>;
  /** The rows of each of these tables, in a fixed order. */
  rows(...tables: string[]): Promise<Record<string, unknown[]>>;
  close(): Promise<void>;
}

export async function openViews(makeFold: (namespace: Namespace, postgres: Postgres) => Fold): Promise<Views> {
  const namespace = new Namespace(freshNamespace());
  const postgres = new Postgres(process.env.DATABASE_URL ?? '', namespace, {
    onError: (err) => createLogger('test', 'error').error({ err }),
  });
  const fold = makeFold(namespace, postgres);
  await prepareGeneration(postgres, namespace, fold, new Map());
  return {
    namespace,
    postgres,
    fold,
    apply: (records) =>
      postgres.transaction(async (tx) => {
        await (
          await fold.prepare(records[0]?.partition ?? 0, records)
        )(prepared(tx));
      }),
    rows: (...tables) => readRows(postgres, tables),
    async close() {
      await dropViews(postgres, namespace);
      await dropKeys(postgres, namespace);
      await postgres.close();
    },
  };
}

/** The rows of each of these views, in a fixed order. */
export async function readRows(postgres: Postgres, tables: string[]): Promise<Record<string, unknown[]>> {
  const entries = tables.map(async (table) => {
    const { rows } = await postgres.query<{ row: unknown }>(
      `SELECT to_jsonb(whole) AS row FROM ${table} whole ORDER BY to_jsonb(whole)::text`,
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The keys, without which the log of a namespace can't be read any more. */
export async function dropKeys(postgres: Postgres, namespace: Namespace): Promise<void> {
  await postgres.query(`DROP SCHEMA IF EXISTS ${namespace.schema('keys')} CASCADE`);
}

/** All views of a namespace, of whatever version: what an operator may do at any time. */
export async function dropViews(postgres: Postgres, namespace: Namespace): Promise<void> {
  const { rows } = await postgres.query<{ schema: string }>(
    'SELECT nspname AS schema FROM pg_namespace WHERE nspname ~ $1',
    [`^${namespace.name}_(${FOLD_NAMES.join('|')})_[a-z]`],
  );
  for (const { schema } of rows) await postgres.query(`DROP SCHEMA "${schema}" CASCADE`);
}
