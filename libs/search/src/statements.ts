import { type Queryable } from '#platform';
import { blockOf, SAMPLE, tokenOfEverybody, tokenOfSample, tokensOfBlocks } from './tokens.js';
import { type Sought } from './sought.js';

/** Where a search looks. */
export interface Place {
  /** Where statements are prepared. */
  readonly db: Queryable;
  readonly environment: string;
}

/** A user with its search text. */
export interface Candidate {
  readonly id: number;
  readonly fields: string;
}

/** Any `most` of them, or all in no order; who has several of a choice may be there as often. */
export async function anyOf(place: Place, sought: Sought, most: number): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const part of inShortChoices(sought)) {
    if (found.length < most) found.push(...(await anyAtOnce(place, part, most - found.length)));
  }
  return found;
}

// What is looked up by a choice alone is looked up in several statements rather than beside what everybody has.
const MOST_STATEMENTS = 4;

function inShortChoices(sought: Sought): Sought[] {
  const [shortest = [], ...others] = sought.choices.toSorted((a, b) => a.length - b.length);
  const isShort = shortest.length <= SHORT_CHOICE || shortest.length > MOST_STATEMENTS * SHORT_CHOICE;
  if (sought.tokens.length > 0 || isShort) return [sought];
  const starts = shortest.flatMap((_, at) => (at % SHORT_CHOICE === 0 ? [at] : []));
  return starts.map((at) => ({ ...sought, choices: [shortest.slice(at, at + SHORT_CHOICE), ...others] }));
}

async function anyAtOnce({ db, environment }: Place, sought: Sought, most: number): Promise<Candidate[]> {
  const { conditions, values } = conditionsOf(environment, sought);
  const { rows } = await db.query<Candidate>(
    `WITH found AS MATERIALIZED (SELECT id, fields FROM user_search WHERE ${conditions})
       SELECT id, fields FROM found LIMIT $${values.length + 1}`,
    [...values, most],
  );
  return rows;
}

/** A part of an environment's users, in the order of their ids. */
export interface Part {
  /** The lowest id. */
  readonly first: number;
  /** Both of them, and those between. */
  readonly blocks: { readonly from: number; readonly to: number };
  /** How many at most; null for all. */
  readonly most: number | null;
}

/** Those with the lowest ids of a part, in the order of ids. */
export async function lowestOf(
  { db, environment }: Place,
  sought: Sought,
  { first, blocks, most }: Part,
): Promise<Candidate[]> {
  const inBlocks = [...sought.choices, tokensOfBlocks(environment, blocks.from, blocks.to)];
  const { conditions, values } = conditionsOf(environment, { ...sought, choices: inBlocks });
  const { rows } = await db.query<Candidate>(
    `WITH found AS MATERIALIZED (SELECT id, fields FROM user_search WHERE ${conditions})
       SELECT id, fields FROM found WHERE id >= $${values.length + 1} ORDER BY id LIMIT $${values.length + 2}`,
    [...values, first, most],
  );
  return rows;
}

/** The block of an environment's highest id; -1 where it has no users. */
export async function lastBlock({ db, environment }: Place): Promise<number> {
  const { rows } = await db.query<{ id: number | null }>(
    'SELECT max(id) AS id FROM user_search WHERE environment = $1',
    [environment],
  );
  const highest = rows[0]!.id;
  return highest === null ? -1 : blockOf(highest);
}

/** What the users of the lowest ids tell. */
export interface Sample {
  /** In the order of ids. */
  readonly candidates: readonly Candidate[];
  /** How much of all ids it is. */
  readonly share: number;
  /** Whether there are no other users. */
  readonly isEverybody: boolean;
}

export async function sampleOf({ db, environment }: Place, sought: Sought): Promise<Sample> {
  const tokens = [tokenOfSample(environment), ...sought.tokens];
  const { conditions, values } = conditionsOf(environment, { ...sought, tokens });
  const { rows } = await db.query<{ highest_id: number | null; id: number | null; fields: string }>(
    `SELECT highest.id AS highest_id, found.id, found.fields
       FROM (SELECT max(id) AS id FROM user_search WHERE environment = $1) AS highest
       LEFT JOIN (SELECT id, fields FROM user_search WHERE ${conditions}) AS found ON true ORDER BY found.id`,
    values,
  );
  const highestId = rows[0]!.highest_id ?? 0;
  const candidates = rows.flatMap(({ id, fields }) => (id === null ? [] : [{ id, fields }]));
  return { candidates, share: Math.min(1, SAMPLE / (highestId + 1)), isEverybody: highestId < SAMPLE };
}

// The statement is the same for any words: each connection plans it once. It is materialized, since for the sake of a
// limit the planner, who can't know how many there are, would rather read the table from end to end; so it would for
// a long choice alone, and not for what all have, which costs some milliseconds.
function conditionsOf(environment: string, { tokens, choices, patterns }: Sought) {
  const isShort = choices.some((choice) => choice.length <= SHORT_CHOICE);
  const all = tokens.length > 0 || isShort ? tokens : [tokenOfEverybody(environment)];
  const values: unknown[] = [environment, patterns.map(likePattern)];
  const every = all.length > 0 ? [`AND tokens @> $${values.push(literal(all))}::int[]`] : [];
  const some = choices.map((choice) => `AND tokens && $${values.push(literal(choice))}::int[]`);
  const conditions = `environment = $1 AND fields LIKE ALL ($2::text[]) ${[...every, ...some].join(' ')}`;
  return { conditions, values };
}

/** For so few the planner takes the index: it takes them for a tenth of all users at most. */
const SHORT_CHOICE = 16;

const literal = (tokens: readonly number[]): string => `{${tokens.join(',')}}`;

const likePattern = (parts: readonly string[]): string =>
  `%${parts.map((part) => part.replace(/[\\%_]/g, '\\$&')).join('%')}%`;
