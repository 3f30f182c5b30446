import { occurred } from '../place.js';

/** Which activities of a user are meant; times in milliseconds since the epoch, `until` itself excluded. */
export interface ActivityFilters {
  readonly type?: string;
  readonly workspace?: number;
  readonly since?: number;
  readonly until?: number;
}

/** The filters as conditions on `activity_totals` and on `activity_entries`; their values are added to `values`. */
export function conditions({ type, workspace, since, until }: ActivityFilters, values: unknown[]) {
  const also = (condition: (value: string) => string, value: string | number | undefined) =>
    value === undefined ? '' : ` AND ${condition(`$${values.push(value)}`)}`;
  return {
    ofTotals: also((value) => `type = ${value}`, type) + also((value) => `workspace_id = ${value}`, workspace),
    ofEntries:
      also((time) => occurred('>=', `${time}::bigint`), since) +
      also((time) => occurred('<', `${time}::bigint`), until),
  };
}
