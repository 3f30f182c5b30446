import { ACTIVE_AT, activeWithin } from '../place.js';

/** Which activities of an environment are meant. */
export interface CountedActivities {
  readonly environment: string;
  readonly workspace?: number;
  readonly type?: string;
}

/** Intervals of time that follow each other without a gap; moments in milliseconds since the epoch. */
export interface Intervals {
  /** Where each begins, ascending. */
  readonly starts: readonly number[];
  /** Where the last ends, which is not in it. */
  readonly end: number;
}

/**
 * SQL for the activities by which users were active within intervals, as `counted`: whose each is (`user_id`), its `type` and
 * `workspace_id` (0 for none), and the number of its interval, counted from 0 (`nth`). $1 is the environment, $2 where the intervals
 * begin.
 */
export function activitiesInIntervals({ environment, workspace, type }: CountedActivities, intervals: Intervals) {
  const values: unknown[] = [environment, intervals.starts, intervals.end];
  const also = (column: string, value: unknown) =>
    value === undefined ? '' : ` AND ${column} = $${values.push(value)}`;
  const counted = `(
    SELECT user_id, type, workspace_id, width_bucket(${ACTIVE_AT}, $2::bigint[]) - 1 AS nth
    FROM activity_entries JOIN activity_totals ON activity_totals.id = total_id
    WHERE ${activeWithin('($2::bigint[])[1]', '$3::bigint')}
      AND environment = $1${also('workspace_id', workspace)}${also('type', type)}
  ) AS counted`;
  return { counted, values };
}
