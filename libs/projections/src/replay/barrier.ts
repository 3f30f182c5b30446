import { setTimeout as pause } from 'node:timers/promises';
import { type PoolClient } from 'pg';
import { type Position } from '#event-sourcing';
import { type Postgres } from '#platform';
import { type Candidate, type Surroundings } from './candidate.js';
import { positionsIn } from './places.js';

/** As near as that, the rest is done while the live views stand still. */
const NEAR = 1_000;
const LOOK_EVERY_MS = 50;
/** For how long the live views may stand still: commands wait meanwhile, and nobody notices. */
const STILL_MS = 2_000;

type Follower = Pick<Candidate, 'bounds' | 'fold' | 'live' | 'progress'>;

/**
 * Brings the candidates to where the live views are and lets `work` run while these stand still, in the transaction that
 * holds them: commands and activities that come meanwhile wait. Tries again where it takes too long.
 */
export async function atTheBarrier<T>(
  { log }: Pick<Surroundings, 'log'>,
  admin: Postgres,
  candidates: readonly Follower[],
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  const endsOf = async ({ live, fold }: Follower): Promise<ReadonlyMap<number, Position>> => {
    if (live) return positionsIn(admin, live.schema, fold.name);
    const extents = await log.extents(fold.topic.name);
    return new Map([...extents].map(([partition, { high }]) => [partition, high]));
  };
  for (;;) {
    for (const candidate of candidates) await comeNear(candidate, () => endsOf(candidate));
    const result = await admin.transaction((tx) => holdStill(tx, candidates, endsOf, work)).catch(unlessBusy);
    if (result) return result.value;
  }
}

/** Follows the live views, which move on, until there is little between them. */
async function comeNear(candidate: Follower, endsOf: () => Promise<ReadonlyMap<number, Position>>): Promise<void> {
  for (;;) {
    const ends = await endsOf();
    candidate.bounds.moveTo(ends);
    if ((await candidate.progress('catching up', ends)) <= NEAR) return;
    await pause(LOOK_EVERY_MS);
  }
}

async function holdStill<T>(
  tx: PoolClient,
  candidates: readonly Follower[],
  endsOf: (candidate: Follower) => Promise<ReadonlyMap<number, Position>>,
  work: (tx: PoolClient) => Promise<T>,
): Promise<{ value: T } | undefined> {
  await tx.query(`SET LOCAL lock_timeout = ${STILL_MS}`);
  // Should this process freeze here, the live views must not stand still for ever.
  await tx.query(`SET LOCAL idle_in_transaction_session_timeout = ${2 * STILL_MS}`);
  for (const { live, fold } of candidates) {
    // Of those who write, the next stops here at the first statement of its transaction; who reads does not.
    if (live) await tx.query(`LOCK TABLE "${live.schema}".${fold.name}_checkpoints IN SHARE ROW EXCLUSIVE MODE`);
  }
  const deadline = performance.now() + STILL_MS;
  for (const candidate of candidates) {
    const ends = await endsOf(candidate);
    candidate.bounds.moveTo(ends);
    while ((await candidate.progress('catching up', ends)) > 0) {
      if (performance.now() > deadline) return undefined;
      await pause(5);
    }
  }
  return { value: await work(tx) };
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Somebody writes for longer than the others should wait for. */
function unlessBusy(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
}
