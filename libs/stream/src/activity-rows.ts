import { PUBLISHED_COLUMNS, publishedActivity, type PublishedRow } from '#activities';
import { type Position } from '#event-sourcing';
import { type Queryable } from '#platform';
import { userRemains } from '#registry';
import { type StreamTarget } from './stream-target.js';
import { type Message } from './hub/subscribers.js';

type Row = PublishedRow & { environment: string; position: number };

/** A page of messages, and the position after all rows that were read for it. */
export interface Page {
  readonly messages: Message[];
  readonly next: Position;
}

/** Part of a partition, from `from` up to but without `to`. */
export interface Range {
  readonly partition: number;
  readonly from: Position;
  readonly to: Position;
}

const COLUMNS = `environment, position, ${PUBLISHED_COLUMNS}`;
// Deleted is gone, also from the past.
const SHOWN = userRemains('activities');

/** The next `limit` activities of a range that belong to one of these targets, in the order of the log. */
export async function readForTargets(
  db: Queryable,
  { partition, from, to }: Range,
  { environments, users }: { environments: readonly string[]; users: readonly Required<StreamTarget>[] },
  limit: number,
): Promise<Page> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM activities
     WHERE partition = $1 AND position >= $2 AND position < $3
       AND (environment = ANY($4) OR (environment, user_id) IN (SELECT * FROM unnest($5::text[], $6::bigint[])))
       AND ${SHOWN}
     ORDER BY position LIMIT $7`,
    [
      partition,
      from,
      to,
      environments,
      users.map(({ environment }) => environment),
      users.map(({ userId }) => userId),
      limit,
    ],
  );
  return pageOf(rows, to, limit);
}

/** What one client wants of the past. */
export interface Wanted {
  readonly target: StreamTarget;
  readonly types?: ReadonlySet<string>;
  /** Milliseconds since the epoch: only what the log took then or later. */
  readonly since?: number;
}

/** The next `limit` activities of a range that one client wants, in the order of the log. */
export async function readPast(
  db: Queryable,
  { partition, from, to }: Range,
  { target, types, since }: Wanted,
  limit: number,
): Promise<Page> {
  const conditions = ['partition = $1', 'position >= $2', 'position < $3', 'environment = $4', SHOWN];
  const values: unknown[] = [partition, from, to, target.environment];
  const also = (condition: (placeholder: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  also((userId) => `user_id = ${userId}`, target.userId);
  also((types) => `type = ANY(${types})`, types && [...types]);
  also((since) => `received_at >= ${since}`, since);
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM activities WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ${limit}`,
    values,
  );
  return pageOf(rows, to, limit);
}

function pageOf(rows: readonly Row[], end: Position, limit: number): Page {
  const last = rows.at(-1);
  return { messages: rows.map(messageOf), next: last && rows.length === limit ? last.position + 1 : end };
}

function messageOf(row: Row): Message {
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
    const found = await firstRows(
      db,
      open.map((at) => first + at),
      middle,
    );
    for (const [turn, at] of open.entries()) {
      const row = found.get(first + at);
      if (row && row.received_at < time && row.position < high[at]!) low[at] = row.position + 1;
      else high[at] = middle[turn]!;
    }
  }
}

async function firstRows(db: Queryable, partitions: readonly number[], from: readonly Position[]) {
  const { rows } = await db.query<{ partition: number; position: number; received_at: number }>(
    `SELECT wanted.partition, row.position, row.received_at
     FROM unnest($1::int[], $2::bigint[]) AS wanted (partition, start)
     CROSS JOIN LATERAL (
       SELECT position, received_at FROM activities
       WHERE partition = wanted.partition AND position >= wanted.start ORDER BY position LIMIT 1
     ) AS row`,
    [partitions, from],
  );
  return new Map(rows.map((row) => [row.partition, row]));
}
