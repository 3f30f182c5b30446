import { type Position } from '#event-sourcing';
import { type Queryable } from '#platform';
import { userRemains } from '#registry';
import { placesAmong, placesWithin, POSITION, SECTION } from '../place.js';
import { PUBLISHED_COLUMNS, publishedActivity, type PublishedRow } from './published-activity.js';
import { rowsUpTo } from './reached.js';

/** Whose activities are meant: one user's, those in one workspace, or those of a whole environment. */
export interface ActivityOwner {
  readonly environment: string;
  readonly userId?: number;
  readonly workspaceId?: number;
}

/** An activity as it is published, as JSON. */
export interface PublishedMessage {
  readonly environment: string;
  readonly userId: number;
  readonly workspaceId: number | null;
  readonly type: string;
  readonly position: Position;
  /** Milliseconds since the epoch, of the log's time. */
  readonly receivedAt: number;
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
/** The same of all entries of each total. */
const BY_TOTALS = `activity_totals AS total CROSS JOIN LATERAL (
    SELECT *, ${SECTION} AS section, ${POSITION} AS position FROM activity_entries
    WHERE total_id = total.id AND ${placesAmong('$1', '$2', '$3')} OFFSET 0
  ) AS entry`;
// Deleted is gone, also from the past.
const SHOWN = userRemains('total');

// So many places are put in order at a time, however long the range and whatever the planner knows of the table.
const MOST_PLACES = 2_048;
// Whoever has more totals, of whatever type, is not looked up by them: no index finds an environment's by their type.
const MOST_TOTALS = 2_000;

const stretchOf = ({ from, to }: PartitionRange): Position => Math.min(to, from + MOST_PLACES);

/** Something of an environment by its id. */
export interface Identified {
  readonly environment: string;
  readonly id: number;
}

/** Whose activities are meant, of many: those of whole environments, of users and of workspaces. */
export interface ActivityOwners {
  readonly environments: readonly string[];
  readonly users: readonly Identified[];
  readonly workspaces: readonly Identified[];
}

/** The next `limit` activities of a range that belong to one of these owners, in the order of the log. Throws `ViewsBehind`. */
export async function readForTargets(
  db: Queryable,
  range: PartitionRange,
  { environments, users, workspaces }: ActivityOwners,
  limit: number,
): Promise<MessagePage> {
  const end = stretchOf(range);
  const rows = await rowsUpTo<Row>(db, end, {
    sql: `SELECT ${COLUMNS} FROM ${IN_ORDER}
      WHERE (environment = ANY($4) OR (environment, user_id) IN (SELECT * FROM unnest($5::text[], $6::bigint[]))
          OR (environment, workspace_id) IN (SELECT * FROM unnest($7::text[], $8::bigint[])))
        AND ${SHOWN}
      ORDER BY section, place LIMIT $9`,
    values: [range.partition, range.from, end, environments, ...columnsOf(users), ...columnsOf(workspaces), limit],
    orderBy: 'position',
  });
  return pageOf(rows, end, limit);
}

const columnsOf = (all: readonly Identified[]) => [all.map(({ environment }) => environment), all.map(({ id }) => id)];

/** What one client wants of the past. */
export interface WantedActivities {
  readonly target: ActivityOwner;
  readonly types?: ReadonlySet<string>;
  /** Milliseconds since the epoch: only what the log took then or later. */
  readonly since?: number;
}

/**
 * The next `limit` activities of a range that one client wants, in the order of the log. Where they are few in a long range,
 * they are found by their totals; otherwise the log is walked along. Throws `ViewsBehind`.
 */
export async function readPast(
  db: Queryable,
  range: PartitionRange,
  wanted: WantedActivities,
  limit: number,
): Promise<MessagePage> {
  const byTotals = await areFew(db, range, wanted, limit);
  const end = byTotals ? range.to : stretchOf(range);
  const values: unknown[] = [range.partition, range.from, end];
  const conditions = ofOwner(wanted, values) + ofTypes(wanted, values) + ofEntries(wanted, values);
  const rows = await rowsUpTo<Row>(db, end, {
    sql: `SELECT ${COLUMNS} FROM ${byTotals ? BY_TOTALS : IN_ORDER} WHERE total.partition = $1 AND ${SHOWN}${conditions}
      ORDER BY section, place LIMIT ${limit}`,
    values,
    orderBy: 'position',
  });
  return pageOf(rows, end, limit);
}

/** Whether to read all that the client's totals have, once for each page, is less than to walk along the range. */
async function areFew(db: Queryable, range: PartitionRange, wanted: WantedActivities, limit: number): Promise<boolean> {
  const length = range.to - range.from;
  if (length <= MOST_PLACES) return false;
  const values: unknown[] = [range.partition];
  const owned = ofOwner(wanted, values);
  const { rows } = await db.query<{ totals: number; activities: number }>(
    `SELECT count(*) AS totals, coalesce(sum(activities) FILTER (WHERE true${ofTypes(wanted, values)}), 0)::bigint AS activities
     FROM (SELECT type, activities FROM activity_totals AS total WHERE partition = $1${owned} LIMIT ${MOST_TOTALS}) AS total`,
    values,
  );
  const { totals, activities } = rows[0]!;
  return totals < MOST_TOTALS && activities * Math.ceil(activities / limit) < length;
}

/** Conditions on `total`; their values are added to `values`. */
function ofOwner({ target }: WantedActivities, values: unknown[]): string {
  const { environment, userId, workspaceId } = target;
  const also = (column: string, value: unknown) =>
    value === undefined ? '' : ` AND total.${column} = $${values.push(value)}`;
  // The index of workspaces has those above 0 alone.
  const indexed = workspaceId === undefined ? '' : ' AND total.workspace_id > 0';
  return also('environment', environment) + also('user_id', userId) + also('workspace_id', workspaceId) + indexed;
}

function ofTypes({ types }: WantedActivities, values: unknown[]): string {
  return types ? ` AND total.type = ANY($${values.push([...types])})` : '';
}

function ofEntries({ since }: WantedActivities, values: unknown[]): string {
  return since === undefined ? '' : ` AND received_at >= $${values.push(since)}`;
}

function pageOf(rows: readonly Row[], end: Position, limit: number): MessagePage {
  const last = rows.at(-1);
  return { messages: rows.map(messageOf), next: last && rows.length === limit ? last.position + 1 : end };
}

function messageOf(row: Row): PublishedMessage {
  const { environment, user_id: userId, workspace_id: workspaceId, type, position, received_at: receivedAt } = row;
  return { environment, userId, workspaceId, type, position, receivedAt, json: JSON.stringify(publishedActivity(row)) };
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
