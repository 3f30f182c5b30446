import { type Place } from './counts.js';
import { type Lookup, rarestTokens } from './lookups.js';
import { BLOCK, SAMPLE, tokenOfSample, tokensOfBlocks } from './tokens.js';

/** A user with its search text. */
export interface Candidate {
  readonly id: number;
  readonly fields: string;
}

/** All users of these lookups, who may come several times; undefined where there are more than `most`. */
export async function fewCandidates(
  place: Place,
  lookups: readonly Lookup[],
  most: number,
): Promise<Candidate[] | undefined> {
  const all: Candidate[] = [];
  for (const lookup of lookups) {
    all.push(...(await read(place, lookup, { most: most + 1 })));
    if (all.length > most) return undefined;
  }
  return all;
}

/** Some users by their ids. */
export interface Range {
  /** The lowest id that is in no range before. */
  readonly first: number;
  /** One of these has whoever is in the range. */
  readonly tokens: readonly number[];
}

/** All ids, from the lowest: the sample first, then blocks, each time twice as many. */
export function* rangesOf(environment: string): Generator<Range, never> {
  yield { first: 0, tokens: [tokenOfSample(environment)] };
  for (let from = 0, blocks = 1; ; from += blocks, blocks *= 2) {
    yield { first: Math.max(SAMPLE, from * BLOCK), tokens: tokensOfBlocks(environment, from, from + blocks - 1) };
  }
}

/** All users of a lookup in a range. */
export const candidatesIn = (place: Place, lookup: Lookup, range: Range): Promise<Candidate[]> =>
  read(place, lookup, { inRange: range.tokens });

// The planner is to know neither how long the lists are nor how many users are wanted, since for long lists, or for few
// users, it would rather read the table from end to end: it gets the lists from a row, and the limit behind a fence. So
// with the environment: as long as no statistics tell that nearly all users may be of one, it would look all of them up by it too.
async function read(
  { db, environment, counts }: Place,
  { tokens, choices, patterns }: Lookup,
  { inRange, most }: { inRange?: readonly number[]; most?: number },
): Promise<Candidate[]> {
  const lists = [rarestTokens(tokens, counts), ...choices, ...(inRange ? [inRange] : [])];
  const columns = lists.map((_, at) => `$${at + 4}::int[] AS list${at}`);
  const someOf = lists.map((_, at) => `user_search.tokens && list${at}`).slice(1);
  const { rows } = await db.query<Candidate>(
    `WITH found AS MATERIALIZED (
       SELECT environment, id, fields FROM (SELECT ${columns.join(', ')} OFFSET 0) AS lookup
       JOIN user_search ON ${['user_search.tokens @> list0', ...someOf].join(' AND ')}
       WHERE fields LIKE ALL ($2::text[])
     )
     SELECT id, fields FROM found WHERE environment = $1 LIMIT $3`,
    [environment, patterns.map(likePattern), most ?? null, ...lists],
  );
  return rows;
}

const likePattern = (parts: readonly string[]): string =>
  `%${parts.map((part) => part.replace(/[\\%_]/g, '\\$&')).join('%')}%`;
