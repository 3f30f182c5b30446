import { type Queryable } from '#platform';
import { namesIn, type SearchedDetails, searchTextOf } from './search-text.js';
import { tokensOf } from './search-tokens.js';

interface Place {
  readonly environment: string;
  readonly id: number;
}

interface Row extends Place {
  readonly fields: string;
}

/**
 * Makes these users findable by their details as given, and those deleted no longer. A user may be in one of the two
 * lists, once. What is kept follows from the users' details alone.
 */
export async function writeSearch(
  tx: Queryable,
  users: readonly (Place & SearchedDetails)[],
  deleted: readonly Place[],
): Promise<void> {
  const before = await rowsOf(tx, [...users, ...deleted]);
  const now = users.map((user) => ({ environment: user.environment, id: user.id, fields: searchTextOf(user) }));
  const changed = now.filter((row) => before.get(placeKey(row))?.fields !== row.fields);
  const changes = [...changed, ...deleted].map((place) => before.get(placeKey(place)));
  const outdated = changes.filter((row) => row !== undefined);
  await deleteRows(tx, outdated);
  await insertRows(tx, changed);
  await countNames(tx, outdated, changed);
}

const placeKey = ({ environment, id }: Place): string => `${environment}/${id}`;

const placesOf = (places: readonly Place[]) => [
  places.map(({ environment }) => environment),
  places.map(({ id }) => id),
];

async function rowsOf(tx: Queryable, places: readonly Place[]): Promise<Map<string, Row>> {
  const { rows } = await tx.query<Row & Record<string, unknown>>(
    `SELECT found.environment, found.id, found.fields
     FROM unnest($1::text[], $2::bigint[]) AS place (environment, id)
     CROSS JOIN LATERAL (SELECT * FROM user_search
       WHERE user_search.environment = place.environment AND user_search.id = place.id LIMIT 1) found`,
    placesOf(places),
  );
  return new Map(rows.map((row) => [placeKey(row), row]));
}

async function deleteRows(tx: Queryable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `DELETE FROM user_search USING unnest($1::text[], $2::bigint[]) AS gone (environment, id)
     WHERE user_search.environment = gone.environment AND user_search.id = gone.id`,
    placesOf(rows),
  );
}

async function insertRows(tx: Queryable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO user_search (environment, id, fields, tokens)
     SELECT environment, id, fields, tokens::int[]
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS found (environment, id, fields, tokens)`,
    [
      ...placesOf(rows),
      rows.map(({ fields }) => fields),
      rows.map(({ environment, id, fields }) => `{${tokensOf(environment, id, fields).join(',')}}`),
    ],
  );
}

async function countNames(tx: Queryable, outdated: readonly Row[], current: readonly Row[]): Promise<void> {
  const { more, fewer } = nameChanges(outdated, current);
  if (more.length > 0) {
    await tx.query(
      `INSERT INTO search_names (environment, name, users)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (environment, name) DO UPDATE SET users = search_names.users + EXCLUDED.users`,
      nameColumns(more),
    );
  }
  if (fewer.length === 0) return;
  await tx.query(
    `UPDATE search_names SET users = search_names.users + change.users
     FROM unnest($1::text[], $2::text[], $3::bigint[]) AS change (environment, name, users)
     WHERE search_names.environment = change.environment AND search_names.name = change.name`,
    nameColumns(fewer),
  );
  await tx.query(
    `DELETE FROM search_names USING unnest($1::text[], $2::text[]) AS change (environment, name)
     WHERE search_names.environment = change.environment AND search_names.name = change.name AND users = 0`,
    nameColumns(fewer).slice(0, 2),
  );
}

interface NameChange {
  readonly environment: string;
  readonly name: string;
  users: number;
}

/** How many users more or fewer have each name. */
function nameChanges(outdated: readonly Row[], current: readonly Row[]) {
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
  const all = [...changes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { more: all.filter(({ users }) => users > 0), fewer: all.filter(({ users }) => users < 0) };
}

const nameColumns = (changes: readonly NameChange[]) => [
  changes.map(({ environment }) => environment),
  changes.map(({ name }) => name),
  changes.map(({ users }) => users),
];
