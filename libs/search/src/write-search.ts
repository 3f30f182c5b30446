import { copyLine, copyLines, type Queryable, together, type Transaction } from '#platform';
import { namesIn, type SearchedDetails, searchTextOf } from './text.js';
import { tokensOf } from './tokens.js';

/** A user whose details have changed: `before` is missing of one who is new, `now` of one who is gone. */
export interface SearchChange {
  readonly environment: string;
  readonly id: number;
  readonly before?: SearchedDetails;
  readonly now?: SearchedDetails;
}

interface Row {
  readonly environment: string;
  readonly id: number;
  readonly fields: string;
}

/** Makes these users findable by their details as they are now. A user may be in the list once. */
export async function writeSearch(tx: Transaction, changes: readonly SearchChange[]): Promise<void> {
  const texts = changes.map(({ environment, id, before, now }) => ({
    environment,
    id,
    before: before && searchTextOf(before),
    now: now && searchTextOf(now),
  }));
  const changed = texts.filter(({ before, now }) => before !== now);
  const outdated = changed.flatMap(({ before, ...user }) => (before === undefined ? [] : { ...user, fields: before }));
  const current = changed.flatMap(({ before, now, ...user }) =>
    now === undefined ? [] : { ...user, fields: now, isNew: before === undefined },
  );
  const gone = changed.filter(({ now }) => now === undefined);
  await together([
    deleteRows(tx, gone),
    addRows(
      tx,
      current.filter(({ isNew }) => isNew),
    ),
    changeRows(
      tx,
      current.filter(({ isNew }) => !isNew),
    ),
    countNames(tx, outdated, current),
  ]);
}

/** Merges into the index what was written last, which every search would have to read through otherwise. */
export async function mergeSearch(tx: Queryable): Promise<void> {
  await tx.query(`SELECT gin_clean_pending_list('user_search_tokens')`);
}

const placesOf = (users: readonly Pick<Row, 'environment' | 'id'>[]) => [
  users.map(({ environment }) => environment),
  users.map(({ id }) => id),
];

async function deleteRows(tx: Queryable, users: readonly Pick<Row, 'environment' | 'id'>[]): Promise<void> {
  if (users.length === 0) return;
  await tx.query(
    `DELETE FROM user_search USING unnest($1::text[], $2::bigint[]) AS gone (environment, id)
     WHERE user_search.environment = gone.environment AND user_search.id = gone.id`,
    placesOf(users),
  );
}

const tokensText = ({ environment, id, fields }: Row) => `{${tokensOf(environment, id, fields).join(',')}}`;

async function addRows(tx: Transaction, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const lines = copyLines(rows, (row) => copyLine([row.environment, row.id, row.fields, tokensText(row)]));
  await tx.copy('COPY user_search (environment, id, fields, tokens) FROM STDIN', lines);
}

async function changeRows(tx: Queryable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO user_search (environment, id, fields, tokens)
     SELECT environment, id, fields, tokens::int[]
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS found (environment, id, fields, tokens)
     ON CONFLICT (environment, id) DO UPDATE SET fields = EXCLUDED.fields, tokens = EXCLUDED.tokens`,
    [...placesOf(rows), rows.map(({ fields }) => fields), rows.map(tokensText)],
  );
}

async function countNames(tx: Queryable, outdated: readonly Row[], current: readonly Row[]): Promise<void> {
  const changes = nameChanges(outdated, current);
  if (changes.length === 0) return;
  await together([
    tx.query(
      `INSERT INTO search_names (environment, name, users)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (environment, name) DO UPDATE SET users = search_names.users + EXCLUDED.users`,
      [...namesOf(changes), changes.map(({ users }) => users)],
    ),
    dropUnused(
      tx,
      changes.filter(({ users }) => users < 0),
    ),
  ]);
}

async function dropUnused(tx: Queryable, names: readonly NameChange[]): Promise<void> {
  if (names.length === 0) return;
  await tx.query(
    `DELETE FROM search_names USING unnest($1::text[], $2::text[]) AS change (environment, name)
     WHERE search_names.environment = change.environment AND search_names.name = change.name AND users <= 0`,
    namesOf(names),
  );
}

interface NameChange {
  readonly environment: string;
  readonly name: string;
  users: number;
}

/** How many users more or fewer have each name. */
function nameChanges(outdated: readonly Row[], current: readonly Row[]): NameChange[] {
  const changes = new Map<string, NameChange>();
  const count = (rows: readonly Row[], users: number) => {
    for (const { environment, fields } of rows) {
      for (const name of namesIn(fields)) {
        const key = `${environment}/${name}`;
        const change = changes.get(key);
        if (change) change.users += users;
        else changes.set(key, { environment, name, users });
      }
    }
  };
  count(outdated, -1);
  count(current, 1);
  // In one order everywhere, so that two writers could never wait for each other.
  return [...changes.values()].filter(({ users }) => users !== 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const namesOf = (changes: readonly NameChange[]) => [
  changes.map(({ environment }) => environment),
  changes.map(({ name }) => name),
];
