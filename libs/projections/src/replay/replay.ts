import { type FoldName, type Namespace, type Postgres, together } from '#platform';
import { endsOf } from '../generation.js';
import { atTheBarrier } from './barrier.js';
import { buildConnections, Candidate, type Place, type Surroundings } from './candidate.js';
import { compare, type Comparison, unsharedTables } from './comparison.js';
import { forgetFormer } from './former.js';
import { findLive, type Live, notePhase } from './places.js';
import { type Difference, type Replayed, ReplayRefused } from './replayed.js';
import { takeReplayLock } from './replay-lock.js';
import { restricted } from './restricted.js';
import { Room } from './room.js';
import { Snapshot } from './snapshot.js';
import { switchTo } from './switching.js';

export interface ReplayOptions {
  /** Builds and compares this environment alone, as a check. */
  readonly environment?: string;
  /** Builds the views as of this moment of the log (milliseconds since the epoch), to look at. */
  readonly until?: number;
  /** Builds and compares, and lets go of what was built. */
  readonly dryRun?: boolean;
  /** Switches also where views of a new version differ from those of the former. */
  readonly accept?: boolean;
}

export interface ReplayedView {
  readonly view: FoldName;
  /** Where it was built. */
  readonly schema: string;
  readonly version: number;
  /** What it was compared with; null where there was nothing. */
  readonly live: Live | null;
  readonly compared: Comparison | null;
}

export interface ReplayResult {
  /** `compared`: equal, and not switched, as was asked. `built`: to look at. */
  readonly outcome: 'switched' | 'compared' | 'unequal' | 'built';
  readonly views: readonly ReplayedView[];
  readonly seconds: number;
}

export type Outside = Omit<Surroundings, 'signal' | 'room'>;

/** Runs what needs the lock, on connections of its own. Throws `ReplayRefused` where another has it. */
export async function alone<T>(
  outside: Outside,
  work: (around: Surroundings, admin: Postgres) => Promise<T>,
): Promise<T> {
  const lock = await takeReplayLock(outside.databaseUrl, outside.namespace);
  const admin = buildConnections({ ...outside, signal: lock.signal }, 'pg_catalog', 6);
  const room = new Room(() => areOthersServed(admin, outside.namespace));
  try {
    return await work({ ...outside, signal: lock.signal, room }, admin);
  } finally {
    await together([admin.close(), lock.release()]);
  }
}

// What looks after itself in a service that nobody calls uses one or two of its connections.
const IDLE = 4;

/** Whether the service, wherever its processes are, has used more connections within a second than it does by itself. */
async function areOthersServed(admin: Postgres, { name }: Namespace): Promise<boolean> {
  const { rows } = await admin.query<{ used: number }>(
    `SELECT count(*) AS used FROM pg_stat_activity
     WHERE application_name = $1 AND state_change > now() - interval '1 second'`,
    [name],
  );
  return rows[0]!.used > IDLE;
}

/**
 * Builds a generation of the views of these folds beside the live one, compares it at one position and puts it in its
 * place. Whatever ends it, the live views stay as they are, and the next call goes on. Throws `ReplayRefused`.
 */
export function replay(
  folds: readonly Replayed[],
  outside: Outside,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const begin = performance.now();
  return alone(outside, async (around, admin) => {
    const candidates: Candidate[] = [];
    try {
      for (const fold of folds) candidates.push(await openCandidate(around, admin, fold, options));
      await load(around, admin, candidates, options);
      const { outcome, comparisons } =
        options.until === undefined
          ? await settle(around, admin, candidates, options)
          : { outcome: 'built' as const, comparisons: [] };
      const views = candidates.map((candidate, at) => viewOf(around, candidate, comparisons[at]));
      return { outcome, views, seconds: (performance.now() - begin) / 1_000 };
    } finally {
      await together(candidates.map((candidate) => candidate.close()));
    }
  });
}

const viewOf = ({ namespace }: Surroundings, { fold, schema, live }: Candidate, compared?: Comparison) => ({
  view: fold.name,
  schema,
  version: namespace.version(fold.name),
  live: live ?? null,
  compared: compared ?? null,
});

async function openCandidate(
  around: Surroundings,
  admin: Postgres,
  replayed: Replayed,
  { environment, until, accept }: ReplayOptions,
): Promise<Candidate> {
  const { namespace } = around;
  const { name } = replayed.fold;
  const live = until === undefined ? await findLive(admin, namespace, replayed.fold) : undefined;
  if (live) await requireComplete(admin, name, live);
  const plan = JSON.stringify({ version: namespace.version(name), environment, until });
  const kind = until !== undefined ? 'until' : environment !== undefined ? 'check' : 'next';
  const place: Place = { kind, plan, refusedToo: accept };
  const restrictedTo = environment === undefined ? replayed : restricted(replayed, environment);
  return Candidate.open(around, admin, restrictedTo, { place, live, until });
}

async function requireComplete(admin: Postgres, view: FoldName, { schema }: Live): Promise<void> {
  const { rows } = await admin.query<{ behind: number | null }>(
    `SELECT sum(complete_at - position) AS behind FROM "${schema}".${view}_checkpoints WHERE position < complete_at`,
  );
  if (rows[0]?.behind) throw new ReplayRefused(`the live views of ${view} are themselves still being rebuilt`);
}

async function load(
  { log }: Surroundings,
  admin: Postgres,
  candidates: readonly Candidate[],
  { until }: ReplayOptions,
): Promise<void> {
  await together(
    candidates.map(async (candidate) => {
      const extents = await log.extents(candidate.fold.topic.name);
      const ends = candidate.live ? await candidate.livePositions(admin) : endsOf(extents);
      await candidate.load(ends);
      if (until === undefined) await candidate.follow();
    }),
  );
}

interface Settled {
  readonly outcome: ReplayResult['outcome'];
  readonly comparisons: readonly (Comparison | undefined)[];
}

/** Compares, then switches or lets go. */
async function settle(
  around: Surroundings,
  admin: Postgres,
  candidates: readonly Candidate[],
  options: ReplayOptions,
): Promise<Settled> {
  const comparisons = await compareAll(around, admin, candidates, options.environment);
  const refused = candidates.filter(({ live, fold }, at) => {
    const accepted = options.accept && live?.version !== around.namespace.version(fold.name);
    return !accepted && (comparisons[at]?.differences.length ?? 0) > 0;
  });
  const isCheck = options.dryRun || options.environment !== undefined;
  if (isCheck) await drop(admin, candidates);
  else if (refused.length > 0) await keepRefused(admin, candidates);
  else await goLive(around, admin, candidates);
  return { outcome: refused.length > 0 ? 'unequal' : isCheck ? 'compared' : 'switched', comparisons };
}

/** At one moment of the whole database, which a transaction keeps while the live views go on. */
export async function compareAll(
  around: Surroundings,
  admin: Postgres,
  candidates: readonly Candidate[],
  environment?: string,
): Promise<(Comparison | undefined)[]> {
  const taken: Snapshot[] = [];
  try {
    // Given back also where the barrier fails when it has been taken.
    await atTheBarrier(around, admin, candidates, async () => taken.push(await Snapshot.take(admin)));
    const snapshot = taken[0]!;
    const comparisons: (Comparison | undefined)[] = [];
    for (const candidate of candidates) {
      await candidate.progress('comparing', candidate.bounds.all);
      comparisons.push(candidate.live && (await compareOne(around, snapshot, candidate, environment)));
    }
    return comparisons;
  } finally {
    for (const snapshot of taken) await snapshot.release();
  }
}

async function compareOne(
  { logger, namespace, room }: Surroundings,
  snapshot: Snapshot,
  candidate: Candidate,
  environment?: string,
): Promise<Comparison> {
  const { fold, live } = candidate;
  const missing = live?.version === namespace.version(fold.name) ? await unsharedTables(snapshot, candidate) : [];
  const rows = await compare(room, snapshot, candidate, environment);
  const comparison = { ...rows, differences: [...missing, ...rows.differences] };
  const { beside } = candidate.replayed;
  if (!beside || environment !== undefined) return comparison;
  // What is kept beside the views is a cache: one that is away now is filled when it is back.
  const differences = await compareBeside(snapshot, candidate, beside).catch((err: unknown) => {
    logger.warn({ err }, `what belongs to the views of ${fold.name} outside of Postgres was not compared`);
    return [];
  });
  return { ...comparison, differences: [...comparison.differences, ...differences] };
}

async function compareBeside(
  { one }: Snapshot,
  { live, views }: Candidate,
  beside: NonNullable<Replayed['beside']>,
): Promise<Difference[]> {
  await beside.build(views);
  await one.query(`SET LOCAL search_path TO "${live!.schema}", public`);
  return beside.compare(one, views);
}

export async function goLive(around: Surroundings, admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  const { namespace } = around;
  for (const { fold, schema, live } of candidates) {
    const old = namespace.generation(fold.name, 'old');
    const takesItsPlace = live?.schema === namespace.views(fold.name) && schema !== old;
    // Before, since files take their time to go, for which the live views must not stand still.
    if (takesItsPlace) await admin.query(`DROP SCHEMA IF EXISTS "${old}" CASCADE`);
  }
  await atTheBarrier(around, admin, candidates, (tx) => switchTo(tx, namespace, candidates));
  for (const candidate of candidates) await candidate.rest();
  await forgetFormer(
    around,
    admin,
    candidates.map(({ replayed }) => replayed),
  );
}

async function keepRefused(admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  for (const { schema, fold } of candidates) await notePhase(admin, schema, fold.name, 'unequal');
}

async function drop(admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  for (const candidate of candidates) {
    await candidate.close();
    await admin.query(`DROP SCHEMA IF EXISTS "${candidate.schema}" CASCADE`);
  }
}
