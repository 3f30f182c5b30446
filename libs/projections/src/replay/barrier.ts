import { setTimeout as pause } from 'node:timers/promises';
import { type PoolClient } from 'pg';
import { type Positions } from '#event-sourcing';
import { type Postgres, retry } from '#platform';
import { readCheckpoints } from '../checkpoints.js';
import { highWaterMarks } from '../generation.js';
import { type Candidate, type ReplayContext } from './candidate.js';

/** With a lag of so many records or fewer, the rest is applied while the live views are locked. */
const CATCH_UP_LAG = 1_000;
const LOOK_EVERY_MS = 50;
/** The longest time that the live views may be locked: commands wait meanwhile. */
const LOCK_MS = 2_000;
/** Between two tries others come to their turn, ever longer: what is in the way may take its time. */
const LONGEST_PAUSE_MS = 5_000;

type BarrierCandidate = Pick<Candidate, 'bounds' | 'fold' | 'live' | 'progress'>;

/**
 * Brings the candidates to the position of the live views and runs `work` in a transaction that locks these: commands
 * and activities wait meanwhile. Tries again, after a pause, if that takes too long.
 */
export async function atBarrier<T>(
  { log, pace }: Pick<ReplayContext, 'log' | 'pace'>,
  admin: Postgres,
  candidates: readonly BarrierCandidate[],
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  const endsOf = async ({ live, fold }: BarrierCandidate): Promise<Positions> => {
    if (live) return readCheckpoints(admin, fold, live.schema);
    return highWaterMarks(await log.extents(fold.topic.name));
  };
  const locked = () => admin.transaction((tx) => withLiveLocked(tx, candidates, endsOf, work));
  const attempt = async () => {
    for (const candidate of candidates) await catchUp(candidate, () => endsOf(candidate));
    return pace.hurry(locked);
  };
  return retry(attempt, { longestMs: LONGEST_PAUSE_MS, onFailure: unlessInTheWay });
}

/** Follows the live views until the lag is small. */
async function catchUp(candidate: BarrierCandidate, endsOf: () => Promise<Positions>): Promise<void> {
  for (;;) {
    const ends = await endsOf();
    candidate.bounds.moveTo(ends);
    if ((await candidate.progress('catching up', ends)) <= CATCH_UP_LAG) return;
    await pause(LOOK_EVERY_MS);
  }
}

async function withLiveLocked<T>(
  tx: PoolClient,
  candidates: readonly BarrierCandidate[],
  endsOf: (candidate: BarrierCandidate) => Promise<Positions>,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  await tx.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
  // Ends the lock should this process freeze.
  await tx.query(`SET LOCAL idle_in_transaction_session_timeout = ${2 * LOCK_MS}`);
  for (const { live, fold } of candidates) {
    // Of those who write, the next stops here at the first statement of its transaction; who reads does not.
    if (live) await tx.query(`LOCK TABLE "${live.schema}".${fold.name}_checkpoints IN SHARE ROW EXCLUSIVE MODE`);
  }
  const deadline = performance.now() + LOCK_MS;
  for (const candidate of candidates) {
    const ends = await endsOf(candidate);
    candidate.bounds.moveTo(ends);
    while ((await candidate.progress('catching up', ends)) > 0) {
      if (performance.now() > deadline) throw new TakesTooLong();
      await pause(5);
    }
  }
  return work(tx);
}

/** A candidate does not come to where the live views are while they are locked. */
class TakesTooLong extends Error {}

const LOCK_NOT_AVAILABLE = '55P03';

/** A lock time-out means that another transaction takes too long. Throws what trying again does not help against. */
function unlessInTheWay(error: unknown): void {
  if (!(error instanceof TakesTooLong) && (error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
}
