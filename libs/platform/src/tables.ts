import { copyLine, copyLines, type CopyValue } from './copy-lines.js';
import { type Queryable, type Transaction } from './postgres.js';

/** The types of columns by the fields that they hold. A column is named as its field, in snake case. */
type Columns = Readonly<Record<string, string>>;

/**
 * A table as rows are written to it and found in it. In a row times are milliseconds since the epoch, and what is null in
 * the table is undefined.
 */
export interface Table {
  /** Or, for rows that are found alone, a query in brackets. */
  readonly name: string;
  /** Of the primary key, or of another that tells rows apart. */
  readonly key: Columns;
  /** What is found of a row; it may have columns of the key again. */
  readonly columns: Columns;
}

// Writes are sent in order and left unanswered: where one fails, its transaction does.

/** Writes rows that were not there before. */
export function addRows(tx: Transaction, { name, ...table }: Table, rows: readonly object[]): void {
  if (rows.length === 0) return;
  const columns = { ...table.key, ...table.columns };
  const types = Object.entries(columns);
  const lines = copyLines(rows, (row) =>
    copyLine(types.map(([field, type]) => sentAs(type, row[field as keyof typeof row]))),
  );
  void tx.copy(`COPY ${name} (${namesOf(columns)}) FROM STDIN`, lines);
}

/** Writes rows, each in the place of the one that has its key. */
export const putRows = writing((column) => `EXCLUDED.${column}`);

/** Adds the numbers of these rows to those of the rows that have their keys. */
export const addUpRows = writing((column, table) => `${table}.${column} + EXCLUDED.${column}`);

function writing(merged: (column: string, table: string) => string) {
  const textOf = onceFor((table) => insertion(table, merged));
  return (tx: Transaction, table: Table, rows: readonly object[]): void => {
    if (rows.length === 0) return;
    tx.send(textOf(table), valuesOf({ ...table.key, ...table.columns }, rows));
  };
}

function insertion({ name, key, ...table }: Table, merged: (column: string, table: string) => string): string {
  const columns = { ...key, ...table.columns };
  const casts = Object.entries(columns).map(([field, type]) => `${nameOf(field)}::${type}`);
  const others = Object.keys(columns).filter((field) => !(field in key));
  return `INSERT INTO ${name} (${namesOf(columns)})
     SELECT ${casts.join(', ')} FROM unnest(${arraysOf(columns)}) AS given (${namesOf(columns)})
     ON CONFLICT (${namesOf(key)}) DO UPDATE SET
       ${others.map((field) => `${nameOf(field)} = ${merged(nameOf(field), name)}`).join(', ')}`;
}

/** Deletes the rows that have these keys. */
export function deleteRows(tx: Transaction, { name, key }: Table, keys: readonly object[]): void {
  if (keys.length === 0) return;
  tx.send(
    `DELETE FROM ${name} USING unnest(${arraysOf(key)}) AS gone (${namesOf(key)}) WHERE ${isSame(key, name, 'gone')}`,
    valuesOf(key, keys),
  );
}

/**
 * What is found of each of these keys, in their order. Each row is looked up for itself (LATERAL with a limit): the
 * planner, which can't know how many are asked for, would rather read a large table from end to end.
 */
export async function findRows<Row extends object>(
  db: Queryable,
  table: Table,
  keys: readonly object[],
): Promise<(Row | undefined)[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<{ place: number }>(search(table), valuesOf(table.key, keys));
  const found = new Map(rows.map(({ place, ...row }) => [place, fieldsOf(row) as Row]));
  return keys.map((_, at) => found.get(at + 1));
}

const search = onceFor(({ name, key, columns }) => {
  const fields = Object.keys(columns).map((field) => `${nameOf(field)} AS "${field}"`);
  return `SELECT place::int, found.* FROM unnest(${arraysOf(key)}) WITH ORDINALITY AS asked (${namesOf(key)}, place)
     CROSS JOIN LATERAL (SELECT ${fields.join(', ')} FROM ${name} one WHERE ${isSame(key, 'one', 'asked')} LIMIT 1) found`;
});

/** The text of a statement, made once for each table. */
function onceFor(textOf: (table: Table) => string): (table: Table) => string {
  const texts = new WeakMap<Table, string>();
  return (table) => {
    const text = texts.get(table) ?? textOf(table);
    texts.set(table, text);
    return text;
  };
}

const nameOf = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const namesOf = (columns: Columns) => Object.keys(columns).map(nameOf).join(', ');

const isSame = (key: Columns, one: string, other: string) =>
  Object.keys(key)
    .map((field) => `${one}.${nameOf(field)} = ${other}.${nameOf(field)}`)
    .join(' AND ');

/** Parameters that hold a column each. Arrays travel as text, since arrays of them are flattened; so does JSON. */
const arraysOf = (columns: Columns) =>
  Object.values(columns)
    .map((type, at) => `$${at + 1}::${/json|\[\]/.test(type) ? 'text' : type}[]`)
    .join(', ');

const valuesOf = (columns: Columns, rows: readonly object[]) =>
  Object.entries(columns).map(([field, type]) => rows.map((row) => sentAs(type, row[field as keyof typeof row])));

function sentAs(type: string, value: unknown): CopyValue {
  if (value === undefined) return null;
  if (type === 'timestamptz') return new Date(value as number).toISOString();
  if (type === 'json') return JSON.stringify(value);
  return Array.isArray(value) ? `{${value.join(',')}}` : (value as CopyValue);
}

const fieldsOf = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([field, value]) => [
      field,
      value instanceof Date ? value.getTime() : (value ?? undefined),
    ]),
  );
