import { type Postgres } from '#platform';
import { Candidate, type ReplayContext } from './candidate.js';
import { dropPrevious } from './previous-generations.js';
import { findLive, readState } from './generation-states.js';
import {
  compareAll,
  goLive,
  type ReplayResources,
  type ReplayResult,
  withCandidates,
  withReplayLock,
} from './replay.js';
import { type ReplayedFold, ReplayRefused } from './replayed-fold.js';

/**
 * Lets the previous generation catch up, compares it and switches back to it; the one it replaces becomes the previous
 * one. Throws `ReplayRefused` where there is none of this program's version.
 */
export function rollBack(folds: readonly ReplayedFold[], resources: ReplayResources): Promise<ReplayResult> {
  return withCandidates(resources, async (context, admin, candidates) => {
    candidates.push(...(await previousCandidates(context, admin, folds)));
    for (const candidate of candidates) await candidate.follow();
    await compareAll(context, admin, candidates);
    if (!candidates.every(({ comparison }) => comparison?.differences.length === 0)) return 'unequal';
    await goLive(context, admin, candidates);
    return 'switched';
  });
}

async function previousCandidates(
  context: ReplayContext,
  admin: Postgres,
  folds: readonly ReplayedFold[],
): Promise<Candidate[]> {
  const { namespace } = context;
  const candidates: Candidate[] = [];
  for (const replayed of folds) {
    const { name } = replayed.fold;
    const schema = namespace.generation(name, 'old');
    const state = await readState(admin, schema, name);
    const live = await findLive(admin, namespace, replayed.fold);
    if (state?.version !== namespace.version(name) || live?.version !== state.version) continue;
    candidates.push(new Candidate(context, replayed, { schema, live }));
  }
  if (candidates.length > 0) return candidates;
  throw new ReplayRefused(
    'there is no former generation of the views of this version to go back to; those of another version are live for ' +
      'the program of that version: start that',
  );
}

/** Drops all generations that are not live; gives their names. Throws `ReplayRefused`. */
export function dropOld(folds: readonly ReplayedFold[], resources: ReplayResources): Promise<string[]> {
  return withReplayLock(resources, (context, admin) => dropPrevious(context, admin, folds));
}
