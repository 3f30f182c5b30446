/** The slow reference: every figure, counted over a plain array of activities. */

export interface Happened {
  readonly user: number;
  readonly id: string;
  readonly type: string;
  readonly workspace?: number;
  /** Both in milliseconds since the epoch. */
  readonly occurred: number;
  readonly received: number;
}

/** Where intervals begin, and where the last of them ends. */
export interface Cut {
  readonly starts: readonly number[];
  readonly end: number;
}

/** In each of a user's ids the first that the log took is the one that counts. */
export function countedOnce(all: readonly Happened[]): Happened[] {
  const firsts = new Map<string, Happened>();
  for (const one of all) {
    const name = `${one.user}/${one.id}`;
    if (!firsts.has(name)) firsts.set(name, one);
  }
  return [...firsts.values()];
}

export const at = ({ occurred, received }: Happened) => Math.min(occurred, received);
const iso = (moment: number) => new Date(moment).toISOString();
const usersOf = (some: readonly Happened[]) => new Set(some.map(({ user }) => user));
const between = (all: readonly Happened[], from: number, end: number) =>
  all.filter((one) => at(one) >= from && at(one) < end);
const perInterval = (all: readonly Happened[], { starts, end }: Cut) =>
  starts.map((start, n) => between(all, start, starts[n + 1] ?? end));
const firstOf = (all: readonly Happened[], user: number) => Math.min(...all.filter((one) => one.user === user).map(at));

export const activeUsers = (all: readonly Happened[], cut: Cut) =>
  perInterval(all, cut).map((some, n) => ({ start: iso(cut.starts[n]!), activeUsers: usersOf(some).size }));

type Key = string | number | null;

/** Most first, then by key, null last. */
function ranked(keys: readonly Key[]) {
  const counts = [...new Set(keys)].map((key) => ({ key, count: keys.filter((other) => other === key).length }));
  return counts.toSorted((one, other) => {
    if (one.count !== other.count) return other.count - one.count;
    if (one.key === null || other.key === null) return one.key === null ? 1 : -1;
    return one.key < other.key ? -1 : 1;
  });
}

export function activities(all: readonly Happened[], cut: Cut, group?: 'type' | 'workspace') {
  const intervals = perInterval(all, cut).map((some, n) => ({
    start: iso(cut.starts[n]!),
    count: some.length,
    ...(group && { groups: ranked(some.map((one) => one[group] ?? null)) }),
  }));
  return { total: intervals.reduce((sum, { count }) => sum + count, 0), intervals };
}

export function top(all: readonly Happened[], by: 'type' | 'workspace' | 'user', since: number, limit: number) {
  const keys = all.filter((one) => at(one) >= since).flatMap((one) => one[by] ?? []);
  return ranked(keys).slice(0, limit);
}

export function engagement(all: readonly Happened[], [month, week, day, end]: readonly number[]) {
  const [mau, wau, dau] = [month, week, day].map((from) => usersOf(between(all, from!, end!)).size) as [
    number,
    number,
    number,
  ];
  return { dau, wau, mau, stickiness: mau === 0 ? 0 : Number((dau / mau).toFixed(4)) };
}

export function retention(all: readonly Happened[], cut: Cut) {
  const active = perInterval(all, cut).map(usersOf);
  return cut.starts.map((start, n) => {
    const end = cut.starts[n + 1] ?? cut.end;
    const cohort = [...usersOf(all)].filter((user) => firstOf(all, user) >= start && firstOf(all, user) < end);
    const returned = active.slice(n).map((users) => cohort.filter((user) => users.has(user)).length);
    return { cohort: iso(start), users: cohort.length, returned };
  });
}

/** `before` is where the interval before the first begins. */
export function lifecycle(all: readonly Happened[], { starts, end }: Cut, before: number) {
  const active = perInterval(all, { starts: [before, ...starts], end }).map(usersOf);
  return starts.map((start, n) => {
    const [then, now] = [active[n]!, active[n + 1]!];
    const users = [...now];
    return {
      start: iso(start),
      new: users.filter((user) => firstOf(all, user) >= start).length,
      returning: users.filter((user) => then.has(user)).length,
      resurrected: users.filter((user) => firstOf(all, user) < start && !then.has(user)).length,
      dormant: [...then].filter((user) => !now.has(user)).length,
    };
  });
}
