import { activitiesTopic } from '#activities';
import { kafkaEventLog } from '#event-log';
import type { EventLog } from '#event-sourcing';
import { createLogger, type Namespace, type Postgres } from '#platform';
import { readCheckpoints } from '#projections';
import { eventually } from '../eventually.ts';
import type { Service } from '../service.ts';
import { beginAudit, compare, staleCommits } from './audit.ts';
import { Fleet, freezeInTransaction } from './fleet.ts';
import { Load, register, type Target } from './load.ts';

export interface Chaos {
  readonly service: Pick<Service, 'config'>;
  readonly target: Target;
  readonly postgres: Postgres;
  readonly namespace: Namespace;
  /** Kills and freezes in all. */
  readonly faults: number;
  /** Projectors that faults befall at the same time. */
  readonly lanes: number;
}

export interface ChaosResult {
  readonly acknowledged: number;
  readonly kills: number;
  readonly freezes: number;
  /** Members that left the group in order, and new ones that came for them. */
  readonly replaced: number;
  /** Rows of the feed, and counters and answers, that are not as the model has them. */
  readonly wrongRows: number;
  readonly wrongCounters: number;
  readonly refusedCommits: number;
  readonly staleCommits: number;
}

/** Longer than a session, after which the others own what a frozen one had. */
const FROZEN_AT_MOST_MS = 20_000;
const GOES_ON_WITHIN_MS = 60_000;

const silent = createLogger('chaos', 'silent');

/**
 * Kills and freezes projectors under load, and has members join and leave, until there were so many faults; then compares
 * everything with a model of what was acknowledged. The service has no projector when it begins.
 */
export async function wreakChaos(chaos: Chaos): Promise<ChaosResult> {
  const { postgres, target, namespace, service } = chaos;
  const log = kafkaEventLog({ brokers: service.config.kafkaBrokers, clientId: 'chaos', logger: silent });
  const fleet = new Fleet(service);
  try {
    const first = await fleet.join();
    await beginAudit(postgres, namespace);
    await register(target);
    const load = new Load(target);
    const done = { kills: 0, freezes: 0, replaced: 0 };
    const course = { around: { postgres, namespace, log }, faults: chaos.faults, fleet, load, done };
    await overtakeFrozen(course, first);
    await Promise.all(Array.from({ length: chaos.lanes }, () => befall(course)));
    await load.stop();
    await shown(course.around, GOES_ON_WITHIN_MS);
    fleet.check();
    const wrong = await compare(postgres, target, load.acknowledged);
    return {
      acknowledged: load.acknowledged.size,
      ...done,
      wrongRows: wrong.rows,
      wrongCounters: wrong.counters,
      refusedCommits: fleet.refused(),
      staleCommits: await staleCommits(postgres),
    };
  } finally {
    await fleet.killAll();
    await log.close();
  }
}

interface Course {
  readonly around: { readonly postgres: Postgres; readonly namespace: Namespace; readonly log: EventLog };
  readonly faults: number;
  readonly fleet: Fleet;
  readonly load: Load;
  readonly done: { kills: number; freezes: number; replaced: number };
}

/** The only projector is frozen in a transaction; when it wakes up, another one has long moved on, and it is refused. */
async function overtakeFrozen({ around, fleet, load, done }: Course, first: Member): Promise<void> {
  done.freezes += 1;
  await eventually(() => assertSome(load));
  await freezeInTransaction(fleet, first, around.postgres);
  await fleet.join();
  await shown(around, GOES_ON_WITHIN_MS);
  fleet.wake(first);
  await eventually(() => {
    if (fleet.refused() === 0) throw new Error('nothing was refused');
  });
}

type Member = Awaited<ReturnType<Fleet['join']>>;

/** One projector after the other, until there were enough faults in all. */
async function befall(course: Course): Promise<void> {
  const { faults, fleet, done } = course;
  let member = await fleet.join();
  while (done.kills + done.freezes < faults) {
    fleet.check();
    if (done.kills <= done.freezes) {
      done.kills += 1;
      await fleet.kill(member);
      member = await fleet.join();
    } else {
      done.freezes += 1;
      await frozen(course, member);
    }
    if ((done.kills + done.freezes) % 5 > 0) continue;
    done.replaced += 1;
    await fleet.leave(member);
    member = await fleet.join();
  }
}

/** Until the others show what was in the log before, as they can once they own its partitions; or long enough for that. */
async function frozen({ around, fleet }: Course, member: Member): Promise<void> {
  fleet.freeze(member);
  await shown(around, FROZEN_AT_MOST_MS).catch(() => undefined);
  fleet.wake(member);
}

/** Resolves when the views have all that is in the log now. */
async function shown({ postgres, log, namespace }: Course['around'], within: number): Promise<void> {
  const extents = await log.extents(activitiesTopic(namespace).name);
  await eventually(
    async () => {
      const positions = await readCheckpoints(postgres, { name: 'activities' });
      const behind = [...extents].filter(([partition, { high }]) => (positions.get(partition) ?? 0) < high);
      if (behind.length > 0) throw new Error(`partitions ${behind.map(([partition]) => partition).join()} are behind`);
    },
    { within },
  );
}

function assertSome({ acknowledged }: Load): void {
  if (acknowledged.size < 100) throw new Error('nothing was acknowledged yet');
}
