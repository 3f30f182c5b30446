import { type Namespace } from '#platform';

/** Environments have a field of their own in a partition's standing once they have figures there. */
export const ENVIRONMENT_FIELD = 'in:';

/** The sorted set of one partition's users of an environment: member user id, score when last active. */
export function activeKey(namespace: Namespace, partition: number, environment: string): string {
  return namespace.key('active', partition, environment);
}

/** The hash that says how far a partition's figures are (`position`) and which environments have any. */
export function standingKey(namespace: Namespace, partition: number): string {
  return namespace.key('active', 'position', partition);
}

/** Held by whoever rewrites a partition's figures. */
export function leaseKey(namespace: Namespace, partition: number): string {
  return namespace.key('active', 'rewriting', partition);
}
