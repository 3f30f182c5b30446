import { type Postgres, together } from '#platform';
import { Candidate, type Surroundings } from './candidate.js';
import { dropFormer } from './former.js';
import { findLive, readState } from './places.js';
import { alone, compareAll, goLive, type Outside, type ReplayResult } from './replay.js';
import { type Replayed, ReplayRefused } from './replayed.js';

/**
 * Lets the former generation catch up, compares, and puts it back in its place; the one whose place it takes is then the
 * former one. Throws `ReplayRefused` where there is none of this program's version.
 */
export function rollBack(folds: readonly Replayed[], outside: Outside): Promise<ReplayResult> {
  const begin = performance.now();
  return alone(outside, async (around, admin) => {
    const candidates = await formerOnes(around, admin, folds);
    try {
      for (const candidate of candidates) await candidate.follow();
      const comparisons = await compareAll(around, admin, candidates);
      const isEqual = comparisons.every((comparison) => comparison?.differences.length === 0);
      if (isEqual) await goLive(around, admin, candidates);
      const views = candidates.map(({ fold, schema, live }, at) => {
        const version = around.namespace.version(fold.name);
        return { view: fold.name, schema, version, live: live ?? null, compared: comparisons[at] ?? null };
      });
      const seconds = (performance.now() - begin) / 1_000;
      return { outcome: isEqual ? 'switched' : 'unequal', views, seconds };
    } finally {
      await together(candidates.map((candidate) => candidate.close()));
    }
  });
}

async function formerOnes(around: Surroundings, admin: Postgres, folds: readonly Replayed[]): Promise<Candidate[]> {
  const { namespace } = around;
  const candidates: Candidate[] = [];
  for (const replayed of folds) {
    const { name } = replayed.fold;
    const schema = namespace.generation(name, 'old');
    const state = await readState(admin, schema, name);
    const live = await findLive(admin, namespace, replayed.fold);
    if (state?.version !== namespace.version(name) || live?.version !== state.version) continue;
    candidates.push(Candidate.existing(around, replayed, schema, live));
  }
  if (candidates.length > 0) return candidates;
  throw new ReplayRefused(
    'there is no former generation of the views of this version to go back to; those of another version are live for ' +
      'the program of that version: start that',
  );
}

/** Drops all generations that are not live; gives their names. Throws `ReplayRefused`. */
export function dropOld(folds: readonly Replayed[], outside: Outside): Promise<string[]> {
  return alone(outside, (around, admin) => dropFormer(around, admin, folds));
}
