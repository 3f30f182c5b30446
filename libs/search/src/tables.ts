/**
 * The views of the search. `fields` is a user's search text (text.ts).
 *
 * `tokens` serves the index alone. Its pending list, which every search reads from end to end, may grow while many users
 * are written and is merged behind them (`mergeSearch`). There are no statistics of these columns: they would make each search slower to plan, and its plan is known.
 */
export const SEARCH_TABLES = `
  CREATE TABLE user_search (
    environment text NOT NULL,
    id bigint NOT NULL,
    fields text NOT NULL,
    tokens int[] NOT NULL,
    PRIMARY KEY (environment, id)
  );
  ALTER TABLE user_search ALTER fields SET STATISTICS 0, ALTER tokens SET STATISTICS 0;

  -- The names that a misspelt word may have meant, and how many users have each.
  CREATE TABLE search_names (
    environment text NOT NULL,
    name text COLLATE "C" NOT NULL,
    users bigint NOT NULL,
    PRIMARY KEY (environment, name)
  ) WITH (fillfactor = 80);
`;

export const SEARCH_INDEXES = `
  CREATE INDEX user_search_tokens ON user_search USING gin (tokens) WITH (gin_pending_list_limit = 4096);
`;
