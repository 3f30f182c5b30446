import { BLOCK, tokensOfBlocks } from '../projections/search-tokens.js';
import { type Database, prepared } from './search-prepared.js';
import { type Combination, scoreSql, type SoughtWord, tokenSets, Values } from './search-ranking.js';

/** A user who fits, by id, with the score of how well. */
export interface Hit {
  readonly id: number;
  readonly score: number;
}

/** What is sought, and where. */
export interface Search {
  readonly db: Database;
  readonly environment: string;
  readonly words: readonly SoughtWord[];
  /** How many hits are asked for. */
  readonly limit: number;
  /** Users who are known already. */
  readonly except?: readonly number[];
}

/** Which of the users that fit are meant: those by one of these combinations and of scores in this range. */
export interface Wanted {
  readonly combinations: readonly Combination[];
  readonly lowest: number;
  readonly highest: number;
}

interface HitColumns {
  ids: number[] | null;
  scores: number[] | null;
}

const hitsOf = ({ ids, scores }: HitColumns): Hit[] => (ids ?? []).map((id, at) => ({ id, score: scores![at]! }));

// As doubles, since arrays of them come as numbers.
const BEST_HITS = (limit: string) => `
  SELECT array_agg(id::float8 ORDER BY score DESC, id) AS ids, array_agg(score::float8 ORDER BY score DESC, id) AS scores
  FROM (SELECT id, score FROM hits ORDER BY score DESC, id LIMIT ${limit}) AS best`;

/** What the users of the lowest ids tell. */
export interface First {
  /** The best of them, all of those asked for or all that fit. */
  readonly hits: readonly Hit[];
  readonly fitting: number;
  /** Whether there are no other users. */
  readonly everybody: boolean;
  /** So many ids were looked at, or a few more. */
  readonly ids: number;
  /** So many blocks of ids are done. */
  readonly blocks: number;
  readonly highestId: number;
}

/**
 * The best hits among an environment's users of the lowest ids: among the first `count` where these are enough, else
 * among all of the first block.
 */
export async function firstUsers(search: Search, inside: Combination, count: number): Promise<First> {
  const { db, environment, words, limit } = search;
  const values = new Values();
  const score = scoreSql(values, words);
  const place = values.bind(environment, 'text');
  const first = values.bind(count, 'bigint');
  const enough = values.bind(limit, 'bigint');
  const [block] = tokensOfBlocks(environment, 0);
  const { rows } = await db.query<
    HitColumns & { seen: number; fitting: number; whole_block: boolean; highest_id: number }
  >(
    prepared(
      `WITH seen AS MATERIALIZED (
         SELECT id, fields, inner_words FROM user_search WHERE environment = ${place} ORDER BY id LIMIT ${first}
       ), seen_scored AS MATERIALIZED (SELECT id, ${score} AS score FROM seen),
       next AS MATERIALIZED (
         SELECT (SELECT count(score) FROM seen_scored) < ${enough} AND (SELECT count(*) FROM seen) = ${first} AS whole_block
       ), block AS MATERIALIZED (
         SELECT environment, id, fields, inner_words FROM user_search
         WHERE tokens @> ${values.bind(tokenSets(environment, words, [inside])[0]!, 'int[]')}
           AND tokens @> ${values.bind([block], 'int[]')} AND (SELECT whole_block FROM next)
       ), block_scored AS MATERIALIZED (SELECT id, ${score} AS score FROM block WHERE environment = ${place}),
       hits AS MATERIALIZED (
         SELECT id, score FROM seen_scored WHERE score IS NOT NULL AND NOT (SELECT whole_block FROM next)
         UNION ALL SELECT id, score FROM block_scored WHERE score IS NOT NULL
       )
       SELECT *, (SELECT count(*) FROM seen) AS seen, (SELECT count(*) FROM hits) AS fitting,
         (SELECT whole_block FROM next) AS whole_block,
         (SELECT max(id) FROM user_search WHERE environment = ${place}) AS highest_id
       FROM (${BEST_HITS(enough)}) AS best`,
      values.list,
    ),
  );
  const row = rows[0]!;
  const highestId = row.highest_id ?? 0;
  const wholeBlock = row.whole_block;
  return {
    hits: hitsOf(row),
    fitting: row.fitting,
    everybody: row.seen < count || (wholeBlock && highestId < BLOCK),
    ids: wholeBlock ? BLOCK : row.seen,
    blocks: wholeBlock ? 1 : 0,
    highestId,
  };
}

/** The best hits among those wanted; undefined when the index finds more than `most` candidates for them. */
export async function bestCandidates(
  search: Search,
  wanted: Wanted,
  most = Number.MAX_SAFE_INTEGER - 1,
): Promise<Hit[] | undefined> {
  const { db, limit } = search;
  const values = new Values();
  const bound = values.bind(most, 'bigint');
  const { rows } = await db.query<HitColumns & { candidates: number }>(
    prepared(
      `WITH found AS MATERIALIZED (
       SELECT user_search.* FROM ${setsSql(values, search, wanted)}
       CROSS JOIN LATERAL (
         SELECT environment, id, fields, inner_words, names FROM user_search
         WHERE tokens @> set::int[] LIMIT ${bound} + 1
       ) AS user_search LIMIT ${bound} + 1
     ), candidates AS (SELECT * FROM found WHERE (SELECT count(*) FROM found) <= ${bound}),
     ${hitsSql(values, search, wanted)}
     SELECT *, (SELECT count(*) FROM found) AS candidates FROM (${BEST_HITS(values.bind(limit, 'int'))}) AS best`,
      values.list,
    ),
  );
  return rows[0]!.candidates > most ? undefined : hitsOf(rows[0]!);
}

// As rows, so that the statement is the same for any number of them.
function setsSql(values: Values, { environment, words }: Search, { combinations }: Wanted): string {
  const sets = tokenSets(environment, words, combinations).map((tokens) => `{${tokens.join(',')}}`);
  return `unnest(${values.bind(sets, 'text[]')}) AS set`;
}

// Materialized, since the score would else be worked out for each comparison again.
function hitsSql(values: Values, { environment, words, except = [] }: Search, { lowest, highest }: Wanted): string {
  return `scored AS MATERIALIZED (
      SELECT DISTINCT ON (id) id, ${scoreSql(values, words)} AS score FROM candidates
      WHERE environment = ${values.bind(environment, 'text')} AND id <> ALL (${values.bind(except, 'bigint[]')})
    ),
    hits AS MATERIALIZED (
      SELECT id, score FROM scored
      WHERE score BETWEEN ${values.bind(lowest, 'bigint')} AND ${values.bind(highest, 'bigint')}
    )`;
}

/** The hits of the lowest ids among those wanted, block by block of ids, without the first blocks, until there are enough. */
export async function inOrderOfIds(search: Search, wanted: Wanted, { highestId, blocks }: First): Promise<Hit[]> {
  const { db, environment, limit } = search;
  const values = new Values();
  const tokens = values.bind(tokensOfBlocks(environment, highestId), 'int[]');
  const enough = values.bind(limit, 'int');
  const { rows } = await db.query<HitColumns>(
    prepared(
      `WITH RECURSIVE walk (block, ids, scores) AS (
         SELECT ${values.bind(blocks + 1, 'int')}, ARRAY[]::float8[], ARRAY[]::float8[]
         UNION ALL
         SELECT block + 1, walk.ids || found.ids, walk.scores || found.scores
         FROM walk CROSS JOIN LATERAL (
           WITH candidates AS MATERIALIZED (
             SELECT environment, id, fields, inner_words, names FROM ${setsSql(values, search, wanted)}
             JOIN user_search ON tokens @> set::int[] AND tokens @> (${tokens})[block:block]
           ), ${hitsSql(values, search, wanted)}
           ${BEST_HITS(enough)}
         ) AS found
         WHERE cardinality(walk.ids) < ${enough} AND block <= cardinality(${tokens})
       )
       SELECT ids, scores FROM walk ORDER BY block DESC LIMIT 1`,
      values.list,
    ),
  );
  return hitsOf(rows[0]!).slice(0, limit);
}
