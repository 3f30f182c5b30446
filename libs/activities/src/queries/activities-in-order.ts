import { type Position } from '#event-sourcing';
import { type Queryable } from '#platform';
import { userRemains } from '#registry';
import { placesWithin, POSITION, SECTION } from '../place.js';
import { PUBLISHED_COLUMNS, publishedActivity, type PublishedRow } from './published-activity.js';
import { rowsUpTo } from './reached.js';

/** Whose activities are meant: one user's, or those of a whole environment. */
export interface ActivityOwner {
  readonly environment: string;
  readonly userId?: number;
}

/** An activity as it is published, as JSON. */
export interface PublishedMessage {
  readonly environment: string;
  readonly userId: number;
  readonly type: string;
  readonly position: Position;
  readonly json: string;
}

type Row = PublishedRow & { environment: string; position: number };

/** A page of messages, and the position after all rows that were read for it. */
export interface MessagePage {
  readonly messages: PublishedMessage[];
  readonly next: Position;
}

/** Part of a partition, from `from` up to but without `to`. */
export interface PartitionRange {
  readonly partition: number;
  readonly from: Position;
  readonly to: Position;
}

const COLUMNS = `environment, position, ${PUBLISHED_COLUMNS}`;

/** The activities of a range ($1, $2, $3), each looked up as it is read, so that a limit ends the reading. */
const IN_ORDER = `(
    SELECT *, ${SECTION} AS section, ${POSITION} AS position FROM activity_entries
    WHERE ${placesWithin('$1', '$2', '$3')} ORDER BY section, place
  ) AS entry CROSS JOIN LATERAL (SELECT * FROM activity_totals WHERE id = total_id LIMIT 1) AS total`;
// Deleted is gone, also from the past.
const SHOWN = userRemains('total');

// So many places are put in order at a time, however long the range and whatever the planner knows of the table.
const MOST_PLACES = 2_048;

const stretchOf = ({ from, to }: PartitionRange): Position => Math.min(to, from + MOST_PLACES);

/** The next `limit` activities of a range that belong to one of these targets, in the order of the log. Throws `ViewsBehind`. */
export async function readForTargets(
  db: Queryable,
  range: PartitionRange,
  { environments, users }: { environments: readonly string[]; users: readonly Required<ActivityOwner>[] },
  limit: number,
): Promise<MessagePage> {
  const end = stretchOf(range);
  const rows = await rowsUpTo<Row>(db, end, {
    sql: `SELECT ${COLUMNS} FROM ${IN_ORDER}
      WHERE (environment = ANY($4) OR (environment, user_id) IN (SELECT * FROM unnest($5::text[], $6::bigint[])))
        AND ${SHOWN}
      ORDER BY section, place LIMIT $7`,
    values: [
      range.partition,
      range.from,
      end,
      environments,
      users.map(({ environment }) => environment),
      users.map(({ userId }) => userId),
      limit,
    ],
    orderBy: 'position',
  });
  return pageOf(rows, end, limit);
}

/** What one client wants of the past. */
export interface WantedActivities {
  readonly target: ActivityOwner;
  readonly types?: ReadonlySet<string>;
  /** Milliseconds since the epoch: only what the log took then or later. */
  readonly since?: number;
}

/** The next `limit` activities of a range that one client wants, in the order of the log. Throws `ViewsBehind`. */
export async function readPast(
  db: Queryable,
  range: PartitionRange,
  { target, types, since }: WantedActivities,
  limit: number,
): Promise<MessagePage> {
  const conditions = ['environment = $4', SHOWN];
  const end = stretchOf(range);
  const values: unknown[] = [range.partition, range.from, end, target.environment];
  const also = (condition: (placeholder: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  also((userId) => `user_id = ${userId}`, target.userId);
  also((types) => `type = ANY(${types})`, types && [...types]);
  also((since) => `received_at >= ${since}`, since);
  const rows = await rowsUpTo<Row>(db, end, {
    sql: `SELECT ${COLUMNS} FROM ${IN_ORDER} WHERE ${conditions.join(' AND ')} ORDER BY section, place LIMIT ${limit}`,
    values,
    orderBy: 'position',
  });
  return pageOf(rows, end, limit);
}

function pageOf(rows: readonly Row[], end: Position, limit: number): MessagePage {
  const last = rows.at(-1);
  return { messages: rows.map(messageOf), next: last && rows.length === limit ? last.position + 1 : end };
}

function messageOf(row: Row): PublishedMessage {
  const { environment, user_id: userId, type, position } = row;
  return { environment, userId, type, position, json: JSON.stringify(publishedActivity(row)) };
}

/**
 * The first position of each partition at which the log took something at `time` (milliseconds) or later; `ends` where
 * there is none before. A binary search in all partitions at once, since records stand in the order of their times.
 */
export async function positionsAt(
  db: Queryable,
  time: number,
  first: number,
  ends: readonly Position[],
): Promise<Position[]> {
  const low = ends.map(() => 0);
  const high = [...ends];
  for (;;) {
    const open = low.flatMap((position, at) => (position < high[at]! ? [at] : []));
    if (open.length === 0) return low;
    const middle = open.map((at) => Math.floor((low[at]! + high[at]!) / 2));
    const partitions = open.map((at) => first + at);
    const found = await firstRows(db, partitions, middle, Math.max(...ends));
    for (const [turn, at] of open.entries()) {
      const row = found.get(first + at);
      if (row && row.received_at < time && row.position < high[at]!) low[at] = row.position + 1;
      else high[at] = middle[turn]!;
    }
  }
}

async function firstRows(db: Queryable, partitions: readonly number[], from: readonly Position[], end: Position) {
  const { rows } = await db.query<{ partition: number; position: number; received_at: number }>(
    `SELECT wanted.partition, row.position, row.received_at
     FROM unnest($1::int[], $2::bigint[]) AS wanted (partition, start)
     CROSS JOIN LATERAL (
       SELECT ${POSITION} AS position, received_at FROM activity_entries
       WHERE ${placesWithin('wanted.partition', 'wanted.start', '$3')} ORDER BY ${SECTION}, place LIMIT 1
     ) AS row`,
    [partitions, from, end],
  );
  return new Map(rows.map((row) => [row.partition, row]));
}
