/** Which activities of a user are meant; times in milliseconds since the epoch, `until` itself excluded. */
export interface ActivityFilters {
  readonly type?: string;
  readonly workspace?: number;
  readonly since?: number;
  readonly until?: number;
}

/** The filters as conditions on `activities` or `activity_totals`; their values are added to `values`. */
export function conditions({ type, workspace, since, until }: ActivityFilters, values: unknown[]): string {
  const clauses = [
    ['type =', type],
    ['workspace_id =', workspace],
    ['occurred_at >=', since],
    ['occurred_at <', until],
  ] as const;
  return clauses
    .filter(([, value]) => value !== undefined)
    .map(([comparison, value]) => ` AND ${comparison} $${values.push(value)}`)
    .join('');
}
