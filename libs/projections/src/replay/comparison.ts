import { type Queryable } from '#platform';
import { type FoldViews } from '../fold.js';
import { type Candidate } from './candidate.js';
import { type Comparison, type Difference } from './replayed-fold.js';
import { type Pace } from './pace.js';
import { type Snapshot } from './snapshot.js';

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns as both sides can hash them: what is JSON, or not of one type, as its text. */
  readonly values: readonly string[];
  readonly key: readonly string[];
}

const ROWS_SHOWN = 5;

type Built = Pick<Candidate, 'fold' | 'live' | 'schema'>;

/**
 * Compares a generation with the live one, table by table and environment by environment: how many rows there are, and
 * the sum of a hash of each, which knows no order. Of views of two versions, what both have.
 */
export async function compare(
  pace: Pick<Pace, 'run'>,
  { one, other }: Snapshot,
  { fold, live, schema }: Built,
  environment?: string,
): Promise<Comparison> {
  const differences: Difference[] = [];
  let rows = 0;
  const tables = await sharedTables(one, fold, live!.schema, schema);
  const compared = tables.filter(({ columns }) => environment === undefined || columns.includes('environment'));
  for (const table of compared) {
    const parts = partsOf(table, fold.topic.partitions);
    const sumsIn = async (db: Queryable, side: string) => {
      const sums: Sums[] = [];
      for (const part of parts) sums.push(...(await pace.run(() => sumsOf(db, side, { table, part, environment }))));
      return inAll(sums);
    };
    const [before, after] = await Promise.all([sumsIn(one, live!.schema), sumsIn(other, schema)]);
    for (const group of new Set([...before.keys(), ...after.keys()])) {
      const [a, b] = [before.get(group) ?? NONE, after.get(group) ?? NONE];
      rows += b.rows;
      if (a.rows === b.rows && a.hash === b.hash) continue;
      const differing = await differingRows(one, [live!.schema, schema], table, group);
      const found = { table: table.name, environment: group, live: a.rows, built: b.rows, rows: differing };
      differences.push({ view: fold.name, ...found });
    }
  }
  return { tables: compared.length, rows, differences };
}

/** Tables that only one of them has, which views of one version never are. */
export async function unsharedTables({ one }: Snapshot, { fold, live, schema }: Built): Promise<Difference[]> {
  const { rows } = await one.query<{ table: string; schema: string }>(
    `SELECT tablename AS table, min(schemaname) AS schema FROM pg_tables WHERE schemaname IN ($1, $2)
     GROUP BY tablename HAVING count(*) = 1`,
    [live!.schema, schema],
  );
  return rows.map((row) => {
    const where = { view: fold.name, table: row.table, environment: null };
    return { ...where, live: 0, built: 0, rows: [`the table is only in ${row.schema}`] };
  });
}

/**
 * Which tables and views both have, and which columns, those left out that are of the generation and not of the log: such as
 * numbers that a sequence gave.
 */
async function sharedTables(db: Queryable, fold: FoldViews, live: string, built: string): Promise<Table[]> {
  const { rows } = await db.query<{ name: string; columns: string[]; values: string[]; key: string[] | null }>(
    `SELECT table_name AS name, array_agg(column_name::text ORDER BY ours.ordinal_position) AS columns,
       array_agg(quote_ident(column_name) ||
         CASE WHEN ours.data_type = 'json' OR ours.data_type <> theirs.data_type THEN '::text' ELSE '' END
         ORDER BY ours.ordinal_position) AS values,
       (SELECT array_agg(attname::text ORDER BY array_position(indkey::int2[], attnum)) FROM pg_index
        JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
        WHERE indrelid = to_regclass(format('%I.%I', $2::text, table_name)) AND indisprimary) AS key
     FROM information_schema.columns ours JOIN information_schema.columns theirs USING (table_name, column_name)
     WHERE ours.table_schema = $1 AND theirs.table_schema = $2 AND table_name <> ALL ($4)
       AND table_name <> $3 || '_generation' AND column_name <> 'complete_at'
       AND 'YES' NOT IN (ours.is_identity, theirs.is_identity)
     GROUP BY table_name ORDER BY table_name`,
    [live, built, fold.name, fold.joined ?? []],
  );
  return rows.map(({ key, ...table }) => ({ ...table, key: key ?? placeIn(table) ?? table.columns }));
}

/** A view has no key: by where its rows are from, which is shorter than all of them, and tells nothing of a client's. */
function placeIn({ columns }: Pick<Table, 'columns'>): readonly string[] | undefined {
  const place = ['partition', 'position'];
  return place.every((column) => columns.includes(column)) ? place : undefined;
}

/**
 * Conditions of which each row meets one, so that others get a turn between them: by the partition that it is from, where
 * the table knows it.
 */
function partsOf({ columns }: Table, partitions: number): string[] {
  if (!columns.includes('partition')) return ['true'];
  const last = partitions - 1;
  const others = Array.from({ length: last }, (_, partition) => `partition = ${partition}`);
  return [...others, `(partition >= ${last} OR partition < 0 OR partition IS NULL)`];
}

/** Of the rows of an environment, or of a part of them. */
interface Sums {
  readonly group: string | null;
  readonly rows: number;
  readonly hash: bigint;
}

const NONE = { rows: 0, hash: 0n };

function inAll(parts: readonly Sums[]): Map<string | null, Sums> {
  const sums = new Map<string | null, Sums>();
  for (const { group, rows, hash } of parts) {
    const before = sums.get(group) ?? NONE;
    sums.set(group, { group, rows: before.rows + rows, hash: before.hash + hash });
  }
  return sums;
}

const rowOf = (columns: readonly string[]) => `ROW(${columns.map((column) => `"${column}"`).join(', ')})::text`;
// The hash of a record is a sum over its columns, so that summed up again it would not tell which values stood together.
const hashOf = ({ values }: Table) => `hashtextextended(hash_record_extended(ROW(${values.join(', ')}), 0)::text, 0)`;
const groupOf = ({ columns }: Table) => (columns.includes('environment') ? 'environment' : 'NULL::text');

interface Summed {
  readonly table: Table;
  readonly part: string;
  readonly environment: string | undefined;
}

async function sumsOf(db: Queryable, schema: string, { table, part, environment }: Summed): Promise<Sums[]> {
  const { rows } = await db.query<{ group: string | null; rows: number; hash: string }>(
    `SELECT ${groupOf(table)} AS "group", count(*) AS rows, sum(${hashOf(table)})::text AS hash
     FROM "${schema}"."${table.name}" WHERE ${part} AND ($1::text IS NULL OR ${groupOf(table)} = $1) GROUP BY 1`,
    [environment ?? null],
  );
  return rows.map(({ group, rows: count, hash }) => ({ group, rows: count, hash: BigInt(hash) }));
}

async function differingRows(
  db: Queryable,
  [live, built]: readonly [string, string],
  table: Table,
  environment: string | null,
): Promise<string[]> {
  const side = (schema: string) =>
    `SELECT ${rowOf(table.key)} AS key, ${hashOf(table)} AS hash FROM "${schema}"."${table.name}"
     WHERE $1::text IS NULL OR ${groupOf(table)} = $1`;
  const { rows } = await db.query<{ key: string; how: string }>(
    `SELECT key, CASE WHEN live.hash IS NULL THEN 'only built' WHEN built.hash IS NULL THEN 'only live'
       ELSE 'other contents' END AS how
     FROM (${side(live)}) live FULL JOIN (${side(built)}) built USING (key)
     WHERE live.hash IS DISTINCT FROM built.hash ORDER BY key LIMIT ${ROWS_SHOWN}`,
    [environment],
  );
  return rows.map(({ key, how }) => `${table.key.join(', ')} = ${key}: ${how}`);
}
