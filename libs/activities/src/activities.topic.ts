import { type Topic } from '#event-sourcing';
import { type Namespace } from '#platform';

/** Activities of one user share a partition, so a user's feed has the order of the log. */
export function activitiesTopic(namespace: Namespace): Topic {
  return { name: namespace.topic('activities'), partitions: 8 };
}
