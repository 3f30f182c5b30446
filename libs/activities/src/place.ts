import { type Position } from '#event-sourcing';

// A partition has room for a trillion records, and a place stays a number that JavaScript counts to.
const POSITION_BITS = 40;
const SECTION_BITS = 8;
const MOMENT_BITS = 17;

/** Partition and position as one number, in the order of the log within a partition. */
export const placeOf = (partition: number, position: Position): number => partition * 2 ** POSITION_BITS + position;

// The following are SQL, for rows of `activity_entries`.

/** The position in its partition. */
export const POSITION = `place & ${2 ** POSITION_BITS - 1}`;

/** Places are indexed by 256 together: a section of the log. */
export const SECTION = `place >> ${SECTION_BITS}`;

/** The feed is indexed by moments of about two minutes: as an integer they reach over all years that there are. */
export const MOMENT = `(occurred_at >> ${MOMENT_BITS})::int`;

/** When its user was active by it: a client cannot make anybody active in the future. */
export const ACTIVE_AT = 'LEAST(occurred_at, received_at)';

/** So long after it was received an activity may occur: the door refuses more than a day, and clocks differ by less than another. */
const AHEAD_MS = 2 * 24 * 60 * 60 * 1000;
const LAST_MOMENT = 2 ** 31 - 1;

/**
 * Whether its user was active by it at `from` or later, but before `end`; both SQL. Of few totals the index of the feed leads to such
 * entries, since none occurred before, or long after; of many, that of times.
 */
export function activeWithin(from: string, end: string): string {
  const first = `(${from} >> ${MOMENT_BITS})::int`;
  const last = `LEAST((${end} + ${AHEAD_MS}) >> ${MOMENT_BITS}, ${LAST_MOMENT})::int`;
  return `${ACTIVE_AT} >= ${from} AND ${ACTIVE_AT} < ${end} AND ${MOMENT} BETWEEN ${first} AND ${last}`;
}

/** Whether it is in a partition, at `from` or behind it, but before `to`; each of them SQL. By the index of sections. */
export function placesWithin(partition: string, from: string, to: string): string {
  const [first, end] = [from, to].map((position) => placeAt(partition, position));
  return `${SECTION} BETWEEN ${first} >> ${SECTION_BITS} AND ${end} >> ${SECTION_BITS} AND ${placesAmong(partition, from, to)}`;
}

/** The same, of rows that another index finds. */
export function placesAmong(partition: string, from: string, to: string): string {
  return `place >= ${placeAt(partition, from)} AND place < ${placeAt(partition, to)}`;
}

const placeAt = (partition: string, position: string) =>
  `((${partition}::bigint << ${POSITION_BITS}) + ${position}::bigint)`;

/** Whether it occurred before a time, or not before it; the time is SQL. */
export function occurred(comparison: '>=' | '<', time: string): string {
  const bound = comparison === '<' ? '<=' : '>=';
  return `occurred_at ${comparison} ${time} AND ${MOMENT} ${bound} (${time} >> ${MOMENT_BITS})::int`;
}
