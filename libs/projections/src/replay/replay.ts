import { answerTimesChannel, type FoldName, Notifications, type Postgres, together } from '#platform';
import { readCheckpoints } from '../checkpoints.js';
import { type Fold } from '../fold.js';
import { highWaterMarks, recordsBehind } from '../generation.js';
import { atBarrier } from './barrier.js';
import { buildConnections, Candidate, type ReplayContext } from './candidate.js';
import { compare, unsharedTables } from './comparison.js';
import { forgetPrevious } from './previous-generations.js';
import { findLive, type LiveGeneration, notePhase } from './generation-states.js';
import { type Comparison, type Difference, type ReplayedFold, ReplayRefused } from './replayed-fold.js';
import { nameOfReplay, takeReplayLock } from './replay-lock.js';
import { ofOneEnvironment } from './one-environment.js';
import { Pace } from './pace.js';
import { Snapshot } from './snapshot.js';
import { switchTo } from './switching.js';
import { WorkingShare } from './working-share.js';

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
  readonly live: LiveGeneration | null;
  readonly compared: Comparison | null;
}

export interface ReplayResult {
  /** `compared`: equal, and not switched, as was asked. `built`: to look at. */
  readonly outcome: 'switched' | 'compared' | 'unequal' | 'built';
  readonly views: readonly ReplayedView[];
  readonly seconds: number;
}

export type ReplayResources = Omit<ReplayContext, 'signal' | 'pace'> & {
  /** How many events of the log are loaded within a second at most. */
  readonly maxEventsPerSecond?: number;
};

/** Runs what needs the lock, on connections of its own. Throws `ReplayRefused` where another has it. */
export async function withReplayLock<T>(
  resources: ReplayResources,
  work: (context: ReplayContext, admin: Postgres) => Promise<T>,
): Promise<T> {
  const lock = await takeReplayLock(resources.databaseUrl, resources.namespace);
  const admin = buildConnections({ ...resources, signal: lock.signal }, 'pg_catalog', 6);
  const share = new WorkingShare();
  const pace = new Pace(share, resources.maxEventsPerSecond);
  const announcements = listener(resources);
  try {
    const hear = (ms: string) => share.hear(Number(ms), pace.isWorking);
    // What it misses is said again in a second.
    await announcements.listen(answerTimesChannel(resources.namespace), hear, () => undefined);
    return await work({ ...resources, signal: lock.signal, pace }, admin);
  } finally {
    await together([admin.close(), announcements.close(), lock.release()]);
  }
}

function listener({ databaseUrl, namespace, logger }: ReplayResources): Notifications {
  const onError = (err: Error) => logger.warn({ err }, 'lost a connection to Postgres');
  return new Notifications(databaseUrl, onError, { name: nameOfReplay(namespace) });
}

/**
 * Builds a generation of the views of these folds beside the live one, compares it at one position and puts it in its
 * place. Whatever ends it, the live views stay as they are, and the next call goes on. Throws `ReplayRefused`.
 */
export function replay(
  folds: readonly ReplayedFold[],
  resources: ReplayResources,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  return withCandidates(resources, async (context, admin, candidates) => {
    for (const fold of folds) candidates.push(await openCandidate(context, admin, fold, options));
    // Of what was built before, and was not resumed.
    await forgetPrevious(context, admin, folds);
    await load(context, admin, candidates, options);
    return options.until === undefined ? compareAndSwitch(context, admin, candidates, options) : 'built';
  });
}

/** Runs `work` with the replay lock, and closes the candidates that it adds. Throws `ReplayRefused`. */
export function withCandidates(
  resources: ReplayResources,
  work: (context: ReplayContext, admin: Postgres, candidates: Candidate[]) => Promise<ReplayResult['outcome']>,
): Promise<ReplayResult> {
  const begin = performance.now();
  return withReplayLock(resources, async (context, admin) => {
    const candidates: Candidate[] = [];
    try {
      const outcome = await work(context, admin, candidates);
      const views = candidates.map((candidate) => viewOf(context, candidate));
      return { outcome, views, seconds: (performance.now() - begin) / 1_000 };
    } finally {
      await together(candidates.map((candidate) => candidate.close()));
    }
  });
}

const viewOf = ({ namespace }: ReplayContext, { fold, schema, live, comparison }: Candidate): ReplayedView => ({
  view: fold.name,
  schema,
  version: namespace.version(fold.name),
  live: live ?? null,
  compared: comparison ?? null,
});

async function openCandidate(
  context: ReplayContext,
  admin: Postgres,
  replayed: ReplayedFold,
  { environment, until, accept: refusedToo }: ReplayOptions,
): Promise<Candidate> {
  const { namespace } = context;
  const { name } = replayed.fold;
  const live = until === undefined ? await findLive(admin, namespace, replayed.fold) : undefined;
  if (live) await requireSameLog(context, admin, replayed.fold, live);
  if (live && (await recordsBehind(admin, `"${live.schema}".${name}_checkpoints`)) > 0)
    throw new ReplayRefused(`the live views of ${name} are themselves still being rebuilt`);
  const plan = JSON.stringify({ version: namespace.version(name), environment, until });
  const kind = until !== undefined ? 'until' : environment !== undefined ? 'check' : 'next';
  const restrictedTo = environment === undefined ? replayed : ofOneEnvironment(replayed, environment);
  return Candidate.open(context, admin, restrictedTo, { kind, plan, refusedToo, live, until });
}

/** Views that stand beyond the end of the log can be compared with nothing that is built from it. Throws `ReplayRefused`. */
async function requireSameLog(
  { log }: ReplayContext,
  admin: Postgres,
  { name, topic }: Fold,
  { schema }: LiveGeneration,
): Promise<void> {
  // In this order, since both go on meanwhile.
  const positions = await readCheckpoints(admin, { name }, schema);
  const ends = highWaterMarks(await log.extents(topic.name));
  for (const [partition, position] of positions) {
    const end = ends.get(partition) ?? 0;
    if (position <= end) continue;
    throw new ReplayRefused(
      `the live views of ${name} stand at ${position} of partition ${partition}, where the log ends at ${end}: they are of ` +
        'another log, or it has lost records. To have those of this log, stop the projectors, ' +
        `drop the schema ${schema} (DROP SCHEMA "${schema}" CASCADE) and start a projector, which builds them`,
    );
  }
}

async function load(
  { log }: ReplayContext,
  admin: Postgres,
  candidates: readonly Candidate[],
  { until }: ReplayOptions,
): Promise<void> {
  await together(
    candidates.map(async (candidate) => {
      const { fold, live } = candidate;
      const extents = await log.extents(fold.topic.name);
      await candidate.load(live ? await readCheckpoints(admin, fold, live.schema) : highWaterMarks(extents));
      if (until === undefined) await candidate.follow();
    }),
  );
}

/** Compares, then switches or drops what was built. */
async function compareAndSwitch(
  context: ReplayContext,
  admin: Postgres,
  candidates: readonly Candidate[],
  options: ReplayOptions,
): Promise<ReplayResult['outcome']> {
  await compareAll(context, admin, candidates, options.environment);
  const isRefused = candidates.some(({ live, fold, comparison }) => {
    const accepted = options.accept && live?.version !== context.namespace.version(fold.name);
    return !accepted && (comparison?.differences.length ?? 0) > 0;
  });
  const isCheck = options.dryRun || options.environment !== undefined;
  if (isCheck) await drop(context, admin, candidates);
  else if (isRefused) await keepRefused(admin, candidates);
  else await goLive(context, admin, candidates);
  return isRefused ? 'unequal' : isCheck ? 'compared' : 'switched';
}

/** At one moment of the whole database, which a transaction keeps while the live views go on. */
export async function compareAll(
  context: ReplayContext,
  admin: Postgres,
  candidates: readonly Candidate[],
  environment?: string,
): Promise<void> {
  const taken: Snapshot[] = [];
  try {
    // Given back also where the barrier fails when it has been taken.
    await atBarrier(context, admin, candidates, async () => taken.push(await Snapshot.take(admin)));
    const snapshot = taken[0]!;
    for (const candidate of candidates) {
      await candidate.progress('comparing', candidate.bounds.all);
      if (candidate.live) candidate.comparison = await compareOne(context, snapshot, candidate, environment);
    }
  } finally {
    for (const snapshot of taken) await snapshot.release();
  }
}

async function compareOne(
  { logger, namespace, pace }: ReplayContext,
  snapshot: Snapshot,
  candidate: Candidate,
  environment?: string,
): Promise<Comparison> {
  const { fold, live } = candidate;
  const missing = live?.version === namespace.version(fold.name) ? await unsharedTables(snapshot, candidate) : [];
  const rows = await compare(pace, snapshot, candidate, environment);
  const comparison = { ...rows, differences: [...missing, ...rows.differences] };
  const { derived } = candidate.replayed;
  if (!derived || environment !== undefined) return comparison;
  // What is kept beside the views is a cache: one that is away now is filled when it is back.
  const differences = await compareDerived(snapshot, candidate, derived).catch((err: unknown) => {
    logger.warn({ err }, `what belongs to the views of ${fold.name} outside of Postgres was not compared`);
    return [];
  });
  return { ...comparison, differences: [...comparison.differences, ...differences] };
}

async function compareDerived(
  { one }: Snapshot,
  { live, views }: Candidate,
  derived: NonNullable<ReplayedFold['derived']>,
): Promise<Difference[]> {
  await derived.build(views);
  await one.query(`SET LOCAL search_path TO "${live!.schema}", public`);
  return derived.compare(one, views);
}

export async function goLive(context: ReplayContext, admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  const { namespace } = context;
  for (const { fold, schema, live } of candidates) {
    const old = namespace.generation(fold.name, 'old');
    const takesItsPlace = live?.schema === namespace.views(fold.name) && schema !== old;
    // Before, since files take their time to go, for which the live views must not stand still.
    if (takesItsPlace) await admin.query(`DROP SCHEMA IF EXISTS "${old}" CASCADE`);
  }
  await atBarrier(context, admin, candidates, (tx) => switchTo(tx, namespace, candidates));
  for (const candidate of candidates) await candidate.rest();
  await forgetPrevious(context, admin, foldsOf(candidates));
}

async function keepRefused(admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  for (const { schema, fold } of candidates) await notePhase(admin, schema, fold.name, 'unequal');
}

async function drop(context: ReplayContext, admin: Postgres, candidates: readonly Candidate[]): Promise<void> {
  for (const candidate of candidates) {
    await candidate.close();
    await admin.query(`DROP SCHEMA IF EXISTS "${candidate.schema}" CASCADE`);
  }
  await forgetPrevious(context, admin, foldsOf(candidates));
}

const foldsOf = (candidates: readonly Candidate[]): ReplayedFold[] => candidates.map(({ replayed }) => replayed);
