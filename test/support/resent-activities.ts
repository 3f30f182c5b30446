import { batchesOf, countsOf, read, registerUsers, sendBatches, type Sent, type Target } from './activity-sender.ts';

export interface Resends {
  readonly target: Target;
  readonly activities: number;
  readonly rounds: number;
  /** Resolves when the views show all that the topic holds at the moment of the call. */
  caughtUp(): Promise<void>;
}

/** What can be read of an environment's activities. */
export interface Figures {
  readonly total: number;
  /** By user, from the first. */
  readonly counts: readonly number[];
  /** By type. */
  readonly ofUser: Record<string, number>;
  /** Users that were active in the last so many days. */
  readonly active: Record<string, number>;
}

export interface ResendReport {
  readonly sent: number;
  /** As the input alone says, and as the service does after each round. */
  readonly expected: Figures;
  readonly after: readonly Figures[];
}

const USERS = 200;
const CLIENTS = 8;
const TYPES = ['opened', 'edited', 'closed'];
const DAY_MS = 24 * 60 * 60 * 1000;
/** In days: some users were last active before each of them began. */
const WINDOWS = [1, 7, 30];
const SIZES = [[1_000], [333, 1_777], [5_000, 1], [250], [10_000]];
/** The user whose types are looked at one by one. */
const WATCHED = 7;

/** The same activities again and again, each time in another order and in batches of other sizes. */
export async function resendActivities({ target, activities, rounds, caughtUp }: Resends): Promise<ResendReport> {
  await registerUsers(target, USERS);
  const now = Date.now();
  const items = Array.from({ length: activities }, (_, n) => activity(n, now));
  const after: Figures[] = [];
  let sent = 0;
  for (let round = 0; round < rounds; round += 1) {
    const batches = batchesOf(round === 0 ? items : shuffled(items, round), SIZES[round % SIZES.length]!);
    sent += (await sendBatches(target, batches, CLIENTS)).acknowledged;
    await caughtUp();
    after.push(await figures(target));
  }
  return { sent, expected: model(items, now), after };
}

/** Few users do most of the work; each was active up to as many half days ago as its number says. */
function activity(n: number, now: number): Sent {
  const userId = 1 + Math.floor(USERS * ((n * 0.618034) % 1) ** 2);
  const latest = now - (userId - 1) * (DAY_MS / 2) - DAY_MS / 4;
  const occurredAt = new Date(latest - (n % 1_000) * 60_000).toISOString();
  return { id: `n${n}`, userId, type: TYPES[n % TYPES.length]!, occurredAt, data: { n } };
}

async function figures(target: Target): Promise<Figures> {
  const counts = await countsOf(target, USERS);
  const count = async (path: string, field: string) =>
    ((await read(target, path)) as Record<string, number>)[field] ?? NaN;
  const ofUser = TYPES.map(
    async (type) => [type, await count(`users/${WATCHED}/activities/count?type=${type}`, 'count')] as const,
  );
  const active = WINDOWS.map(
    async (days) => [days, await count(`statistics/active-users?window=${days}d`, 'activeUsers')] as const,
  );
  return {
    total: counts.reduce((total, next) => total + next, 0),
    counts,
    ofUser: Object.fromEntries(await Promise.all(ofUser)),
    active: Object.fromEntries(await Promise.all(active)),
  };
}

function model(items: readonly Sent[], now: number): Figures {
  const by = (user: number) => items.filter(({ userId }) => userId === user);
  const users = Array.from({ length: USERS }, (_, user) => by(user + 1));
  const last = users.map((own) => Math.max(...own.map(({ occurredAt }) => Date.parse(occurredAt!))));
  const watched = users[WATCHED - 1]!;
  return {
    total: items.length,
    counts: users.map((own) => own.length),
    ofUser: Object.fromEntries(TYPES.map((name) => [name, watched.filter(({ type }) => type === name).length])),
    active: Object.fromEntries(WINDOWS.map((days) => [days, last.filter((at) => at >= now - days * DAY_MS).length])),
  };
}

/** In an order that the seed alone decides. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const order = [...items];
  let state = seed;
  for (let at = order.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
