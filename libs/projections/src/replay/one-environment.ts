import { type Fold } from '../fold.js';
import { type ReplayedFold } from './replayed-fold.js';

/** A fold that sees the records of one environment alone: a key is the environment, or begins with it and a slash. */
export function ofOneEnvironment({ fold, load }: ReplayedFold, environment: string): ReplayedFold {
  return { fold: only(fold, environment), load: { ...load, fold: only(load.fold, environment) } };
}

function only(fold: Fold, environment: string): Fold {
  return {
    ...fold,
    prepare(partition, records, passed = records) {
      const own = records.filter(({ key }) => key === environment || key.startsWith(`${environment}/`));
      return fold.prepare(partition, own, passed);
    },
  };
}
