/**
 * The views of the search. `fields` is a user's search text (search-text.ts).
 *
 * `tokens` serves the index alone, whose pending list is kept short, since every search reads it from end to end. There
 * are no statistics of these columns: they would make each search slower to plan, and its plan is known.
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
  CREATE INDEX user_search_tokens ON user_search USING gin (tokens) WITH (gin_pending_list_limit = 1024);

  -- The names that a misspelt word may have meant, and how many users have each.
  CREATE TABLE search_names (
    environment text NOT NULL,
    name text COLLATE "C" NOT NULL,
    users bigint NOT NULL,
    PRIMARY KEY (environment, name)
  ) WITH (fillfactor = 80);
`;
