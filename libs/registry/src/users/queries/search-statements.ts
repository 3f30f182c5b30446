import { type Queryable } from '#platform';
import { tokensOfBlocks } from '../projections/search-tokens.js';
import { candidatesSql, type Combination, scoreSql, type SoughtWord, Values } from './search-ranking.js';

/** A user who fits, by id, with the score of how well. */
export interface Hit {
  readonly id: number;
  readonly score: number;
}

/** What is sought, and where. */
export interface Search {
  readonly db: Queryable;
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

/** The best hits among an environment's users of the lowest ids. */
export async function firstUsers({ db, environment, words, limit }: Search, count: number) {
  const values = new Values();
  const { rows } = await db.query<HitColumns & { seen: number; fitting: number; highest_id: number }>(
    `WITH seen AS MATERIALIZED (
       SELECT * FROM user_search WHERE environment = ${values.bind(environment, 'text')}
       ORDER BY id LIMIT ${values.bind(count, 'int')}
     ), scored AS (SELECT id, ${scoreSql(values, words)} AS score FROM seen),
     hits AS MATERIALIZED (SELECT id, score FROM scored WHERE score IS NOT NULL)
     SELECT *, (SELECT count(*) FROM seen) AS seen, (SELECT count(*) FROM hits) AS fitting,
       (SELECT max(id) FROM user_search WHERE environment = $1) AS highest_id
     FROM (${BEST_HITS(values.bind(limit, 'int'))}) AS best`,
    values.list,
  );
  const { seen, fitting, highest_id: highestId } = rows[0]!;
  return { hits: hitsOf(rows[0]!), seen, fitting, highestId: highestId ?? 0 };
}

/** The best hits among those wanted; undefined when the index finds more than `most` candidates for them. */
export async function bestCandidates(
  search: Search,
  wanted: Wanted,
  most = Number.MAX_SAFE_INTEGER - 1,
): Promise<Hit[] | undefined> {
  const { db, environment, words, limit } = search;
  const values = new Values();
  const { rows } = await db.query<HitColumns & { candidates: number }>(
    `WITH candidates AS MATERIALIZED (
       SELECT environment, id, fields, inner_words, names FROM user_search
       WHERE ${candidatesSql(values, environment, words, wanted.combinations)} LIMIT ${values.bind(most + 1, 'bigint')}
     ), ${hitsSql(values, search, wanted)}
     SELECT *, (SELECT count(*) FROM candidates) AS candidates FROM (${BEST_HITS(values.bind(limit, 'int'))}) AS best`,
    values.list,
  );
  return rows[0]!.candidates > most ? undefined : hitsOf(rows[0]!);
}

function hitsSql(values: Values, { environment, words, except = [] }: Search, { lowest, highest }: Wanted): string {
  return `scored AS (
      SELECT id, ${scoreSql(values, words)} AS score FROM candidates
      WHERE environment = ${values.bind(environment, 'text')} AND id <> ALL (${values.bind(except, 'bigint[]')})
    ),
    hits AS MATERIALIZED (
      SELECT id, score FROM scored
      WHERE score BETWEEN ${values.bind(lowest, 'bigint')} AND ${values.bind(highest, 'bigint')}
    )`;
}

/** The hits of the lowest ids among those wanted, block by block of ids until there are enough. */
export async function inOrderOfIds(search: Search, wanted: Wanted, highestId: number): Promise<Hit[]> {
  const { db, environment, words, limit } = search;
  const values = new Values();
  const blocks = values.bind(tokensOfBlocks(environment, highestId), 'int[]');
  const enough = values.bind(limit, 'int');
  const { rows } = await db.query<HitColumns>(
    `WITH RECURSIVE walk (block, ids, scores) AS (
       SELECT 1, ARRAY[]::float8[], ARRAY[]::float8[]
       UNION ALL
       SELECT block + 1, walk.ids || found.ids, walk.scores || found.scores
       FROM walk CROSS JOIN LATERAL (
         WITH candidates AS MATERIALIZED (
           SELECT environment, id, fields, inner_words, names FROM user_search
           WHERE tokens @> (${blocks})[block:block]
             AND (${candidatesSql(values, environment, words, wanted.combinations)})
         ), ${hitsSql(values, search, wanted)}
         ${BEST_HITS(enough)}
       ) AS found
       WHERE cardinality(walk.ids) < ${enough} AND block <= cardinality(${blocks})
     )
     SELECT ids, scores FROM walk ORDER BY block DESC LIMIT 1`,
    values.list,
  );
  return hitsOf(rows[0]!).slice(0, limit);
}
