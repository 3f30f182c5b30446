import { addRows, addUpRows, deleteRows, putRows, type Transaction } from '#platform';
import { namesIn, type SearchedDetails, searchTextOf } from './text.js';
import { tokensOf } from './tokens.js';

/** A user whose details have changed: `before` is missing of one who is new, `now` of one who is gone. */
export interface SearchChange {
  readonly environment: string;
  readonly id: number;
  readonly before?: SearchedDetails;
  readonly now?: SearchedDetails;
}

const USER_SEARCH = {
  name: 'user_search',
  key: { environment: 'text', id: 'bigint' },
  columns: { fields: 'text', tokens: 'int[]' },
};

/** Makes these users findable by their details as they are now. A user may be in the list once. Answers are left to the transaction. */
export function writeSearch(tx: Transaction, changes: readonly SearchChange[]): void {
  const changed = changes
    .map(({ before, now, ...user }) => ({
      ...user,
      before: before && searchTextOf(before),
      now: now && searchTextOf(now),
    }))
    .filter(({ before, now }) => before !== now);
  const rowsOf = (isNew: boolean) =>
    changed.flatMap(({ environment, id, before, now: fields }) =>
      fields === undefined || (before === undefined) !== isNew
        ? []
        : { environment, id, fields, tokens: tokensOf(environment, id, fields) },
    );
  deleteRows(
    tx,
    USER_SEARCH,
    changed.filter(({ now }) => now === undefined),
  );
  addRows(tx, USER_SEARCH, rowsOf(true));
  putRows(tx, USER_SEARCH, rowsOf(false));
  countNames(tx, nameChanges(changed));
}

/** Merges into the index what was written last, which every search would have to read through otherwise. */
export function mergeSearch(tx: Transaction): void {
  tx.send(`SELECT gin_clean_pending_list('user_search_tokens')`);
}

const SEARCH_NAMES = {
  name: 'search_names',
  key: { environment: 'text', name: 'text' },
  columns: { users: 'bigint' },
};

function countNames(tx: Transaction, changes: readonly NameChange[]): void {
  addUpRows(tx, SEARCH_NAMES, changes);
  dropUnused(
    tx,
    changes.filter(({ users }) => users < 0),
  );
}

function dropUnused(tx: Transaction, names: readonly NameChange[]): void {
  if (names.length === 0) return;
  tx.send(
    `DELETE FROM search_names USING unnest($1::text[], $2::text[]) AS change (environment, name)
     WHERE search_names.environment = change.environment AND search_names.name = change.name AND users <= 0`,
    [names.map(({ environment }) => environment), names.map(({ name }) => name)],
  );
}

interface NameChange {
  readonly environment: string;
  readonly name: string;
  readonly users: number;
}

/** How many users more or fewer have each name. */
function nameChanges(changed: readonly { environment: string; before?: string; now?: string }[]): NameChange[] {
  const changes = new Map<string, NameChange>();
  const count = (environment: string, fields: string | undefined, users: number) => {
    for (const name of fields === undefined ? [] : namesIn(fields)) {
      const key = `${environment}/${name}`;
      changes.set(key, { environment, name, users: (changes.get(key)?.users ?? 0) + users });
    }
  };
  for (const { environment, before, now } of changed) {
    count(environment, before, -1);
    count(environment, now, 1);
  }
  // In one order everywhere, so that two writers could never wait for each other.
  return [...changes.values()].filter(({ users }) => users !== 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}
