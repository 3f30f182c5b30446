import { type PoolClient } from 'pg';
import { type FoldName, type Namespace, type Queryable, WAIT_FOR_THE_DISK } from '#platform';
import { type Candidate } from './candidate.js';
import { notePhase } from './generation-states.js';

/** Whoever reads next waits behind the lock while that waits for those who read already. */
const READERS_WAIT_MS = 100;

/**
 * Puts the candidates in the place of the live views, in the transaction that holds these still. A statement finds its
 * tables by the schema's name when it begins; one of a projector that waits for a checkpoint looks the name up again
 * when it gets it, since the table is locked and not only its rows. So each transaction writes to one generation alone.
 * Throws `lock_not_available` (55P03), and has changed nothing, where somebody reads the live checkpoints for long.
 */
export async function switchTo(
  tx: PoolClient,
  namespace: Namespace,
  candidates: readonly Pick<Candidate, 'fold' | 'live' | 'schema'>[],
): Promise<void> {
  // The other work of a replay need not be on the disk when it is answered.
  await tx.query(WAIT_FOR_THE_DISK);
  await tx.query(`SET LOCAL lock_timeout = ${READERS_WAIT_MS}`);
  for (const { fold, live, schema } of candidates) {
    const views = namespace.views(fold.name);
    // Views of another version are those that other instances go on with.
    const ready = live?.schema === views ? await setAside(tx, namespace, fold.name, schema) : schema;
    await rename(tx, ready, views);
    await notePhase(tx, views, fold.name, 'complete');
  }
}

/** The live views become the previous generation; a candidate that was the previous one gets another name first. */
async function setAside(tx: PoolClient, namespace: Namespace, fold: FoldName, candidate: string): Promise<string> {
  const views = namespace.views(fold);
  const old = namespace.generation(fold, 'old');
  const between = `${old}_between`;
  await tx.query(`LOCK TABLE "${views}".${fold}_checkpoints IN ACCESS EXCLUSIVE MODE`);
  if (candidate === old) await rename(tx, old, between);
  await rename(tx, views, old);
  return candidate === old ? between : candidate;
}

async function rename(tx: Queryable, from: string, to: string): Promise<void> {
  await tx.query(`ALTER SCHEMA "${from}" RENAME TO "${to}"`);
}
