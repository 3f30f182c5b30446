/** What is sent and what must come of it, without a look at how the service does it: plain counting. */

export const USERS = 20;
export const WORKSPACES = 2;
// Long ago, so that the time that counts is the activity's own.
const EPOCH = Date.parse('2026-01-01T00:00:00.000Z');

/** The activity of a number, always the same one. */
export function activityOf(number: number) {
  return {
    id: `a${number}`,
    userId: 1 + ((number * 7) % USERS),
    type: `type-${number % 3}`,
    workspaceId: (number >> 2) % (WORKSPACES + 1) || undefined,
    occurredAt: new Date(EPOCH + number).toISOString(),
    data: { number },
  };
}

/** Rows of the views as lines of text, each with all that the model knows of it. */
export interface Rows {
  readonly activities: string[];
  readonly totals: string[];
  readonly users: string[];
}

/** What the views hold when exactly these activities were acknowledged. */
export function rowsOf(numbers: Iterable<number>): Rows {
  const activities: string[] = [];
  const totals = new Map<string, { count: number; last: number }>();
  const users = new Map<number, number>();
  for (const number of numbers) {
    const { id, userId, type, workspaceId = 0 } = activityOf(number);
    activities.push(line(userId, id, type, workspaceId, EPOCH + number, number));
    const key = line(userId, workspaceId, type);
    const total = totals.get(key) ?? { count: 0, last: 0 };
    totals.set(key, { count: total.count + 1, last: Math.max(total.last, EPOCH + number) });
    users.set(userId, Math.max(users.get(userId) ?? 0, EPOCH + number));
  }
  return {
    activities,
    totals: [...totals].map(([key, { count, last }]) => line(key, count, last)),
    users: [...users].map(([userId, last]) => line(userId, last)),
  };
}

/** How many activities each user has, from the first. */
export function countsOf(numbers: Iterable<number>): number[] {
  const counts = Array.from({ length: USERS }, () => 0);
  for (const number of numbers) counts[activityOf(number).userId - 1]! += 1;
  return counts;
}

export const line = (...values: (string | number)[]) => values.join(' ');

/** How many lines are in one and not, or not as often, in the other. */
export function differing(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const each of one) left.set(each, (left.get(each) ?? 0) + 1);
  for (const each of other) left.set(each, (left.get(each) ?? 0) - 1);
  return [...left.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}
