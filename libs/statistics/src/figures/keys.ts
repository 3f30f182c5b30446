import { type Namespace } from '#platform';

/** Environments have a field of their own in a partition's checkpoint hash once they have figures there. */
export const ENVIRONMENT_FIELD = 'in:';

/** The keys of the figures that belong to one generation of the views of activities, by its id. */
export class FigureKeys {
  constructor(
    private readonly namespace: Namespace,
    readonly generation: string,
  ) {}

  /** The sorted set of one partition's users of an environment: member user id, score when last active. */
  active(partition: number, environment: string): string {
    return this.key(partition, environment);
  }

  /** The hash that says how far a partition's figures are (`position`) and which environments have any. */
  checkpoint(partition: number): string {
    return this.key('position', partition);
  }

  /** Held by whoever rewrites a partition's figures. */
  lease(partition: number): string {
    return this.key('rewriting', partition);
  }

  private key(...parts: (string | number)[]): string {
    return this.namespace.key('active', this.generation, ...parts);
  }
}
