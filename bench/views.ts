import { activitiesTopic } from '#activities';
import { Namespace, Postgres } from '#platform';
import { viewsCaughtUp } from '../test/support/caught-up.ts';
import { tailTopic, type TopicTail } from '../test/support/topic-tail.ts';
import { type BenchService, withService } from './service.ts';

/** What a service's topic of activities holds, and how far its views are. */
export interface ActivityViews {
  readonly tail: TopicTail;
  /** Resolves when the views show all that the topic holds at the moment of the call. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** A service and its views, for as long as `work` takes. */
export function withActivityViews<T>(work: (service: BenchService, views: ActivityViews) => Promise<T>): Promise<T> {
  return withService(async (service) => {
    const views = await openViews(service);
    try {
      return await work(service, views);
    } finally {
      await views.close();
    }
  });
}

export async function openViews({ env }: Pick<BenchService, 'env'>): Promise<ActivityViews> {
  const namespace = new Namespace(env['TIDEMARK_NAMESPACE']!);
  const postgres = new Postgres(env['DATABASE_URL']!, namespace);
  const tail = await tailTopic(env['KAFKA_BROKERS']!.split(','), activitiesTopic(namespace));
  return {
    tail,
    caughtUp: () => viewsCaughtUp(tail.log, postgres, namespace),
    async close() {
      await tail.close();
      await postgres.close();
    },
  };
}
