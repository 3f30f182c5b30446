import { type Fold } from '../fold.js';
import { type Replayed } from './replayed.js';

/** A fold that sees the records of one environment alone: a key is the environment, or begins with it and a slash. */
export function restricted({ fold, load }: Replayed, environment: string): Replayed {
  return { fold: only(fold, environment), load: { ...load, fold: only(load.fold, environment) } };
}

function only(fold: Fold, environment: string): Fold {
  return {
    ...fold,
    async prepare(partition, records) {
      const own = records.filter(({ key }) => key === environment || key.startsWith(`${environment}/`));
      return own.length > 0 ? fold.prepare(partition, own) : async () => undefined;
    },
  };
}
